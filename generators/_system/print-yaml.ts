import type { NodePath } from "./place.ts";
import { isPlainMap, type PlainMap } from "./values.ts";

/** How new parts of a manifest are written: short bodies in braces on one line, the rest as indented blocks. */

export const lineWidth = 120;

/** How the file being edited is written. */
export interface Writing {
  readonly eol: string;
  /** Spaces by which a block is deeper than the one around it. */
  readonly step: number;
}

/**
 * Words, dots and a few signs inside them; nothing that YAML gives a meaning to, in braces or out of them. A text
 * that begins with a digit is bare only where it is a duration: no YAML version takes `7d` for a number.
 */
const bare = /^(?:[\p{L}_/][\p{L}\p{N}_./()?+=;%$!'@-]*(?: [\p{L}\p{N}_./()?+=;%$!'@-]+)*|[0-9]+(?:ms|s|m|h|d))$/u;
const taken = /^(?:null|true|false|yes|no|on|off|y|n)$/i;
const printable = /^[\p{L}\p{N}\p{P}\p{S}\p{M} ]*$/u;

/** A scalar, quoted where it must be. */
function scalarText(value: unknown): string {
  if (typeof value === "string") return textOf(value);
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  }
  return String(value);
}

function textOf(text: string): string {
  if (bare.test(text) && !taken.test(text)) return text;
  if (printable.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/gu,
    (sign) => `\\U${sign.codePointAt(0)!.toString(16).padStart(8, "0")}`,
  );
}

/** A value on one line. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(", ")}]`;
  if (!isPlainMap(value)) return scalarText(value);
  const pairs = Object.entries(value).map(([key, part]) => `${textOf(key)}: ${flowText(part)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** The key and value of a map in braces. */
export function flowPair(key: string, value: unknown): string {
  return `${textOf(key)}: ${flowText(value)}`;
}

/** The lines of a map's entry in block style, without line ends. */
export function entryLines(path: NodePath, value: unknown, indent: number, writing: Writing): readonly string[] {
  const key = `${" ".repeat(indent)}${textOf(String(path.at(-1)))}:`;
  if (staysOnLine(path, value, key.length)) return [`${key} ${flowText(value)}`];
  return [key, ...blockLines(path, value as PlainMap | readonly unknown[], indent + writing.step, writing)];
}

/** The lines of a map or list in block style. */
export function blockLines(
  path: NodePath,
  value: PlainMap | readonly unknown[],
  indent: number,
  writing: Writing,
): readonly string[] {
  if (Array.isArray(value)) return value.map((item) => `${" ".repeat(indent)}- ${flowText(item)}`);
  return Object.entries(value).flatMap(([key, part]) => entryLines([...path, key], part, indent, writing));
}

/** Whether a value is written on its key's line, of which `used` columns are taken. */
export function staysOnLine(path: NodePath, value: unknown, used: number): boolean {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return true;
  if (isPlainMap(value) && isAlwaysBlock(path)) return false;
  return used + 1 + flowText(value).length <= lineWidth;
}

const blockPaths: readonly (readonly string[])[] = [
  ["services", "*"],
  ["services", "*", "commands"],
  ["services", "*", "events"],
  ["services", "*", "types"],
  ["readModels", "*"],
];

function isAlwaysBlock(path: NodePath): boolean {
  if (path.length < 2) return true;
  return blockPaths.some(
    (block) => block.length === path.length && block.every((step, at) => step === "*" || step === path[at]),
  );
}
