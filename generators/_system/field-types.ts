import { BadFieldTypeError } from "./errors.ts";
import { nearest } from "./suggest.ts";
import type { FieldType, ScalarName } from "./system.ts";
import { shown } from "./wording.ts";

/** The notation of field types in manifests: `uuid`, `enum(a, b)`, `OrderLine[]`, `money?`. */

export const scalarNames = [
  "string",
  "uuid",
  "int",
  "decimal",
  "money",
  "boolean",
  "timestamp",
  "date",
  "json",
] as const satisfies readonly ScalarName[];

const enumValue = "[A-Za-z][A-Za-z0-9_-]*";
/** The whole notation as one expression, for schemas; `parseFieldType` says what is wrong. */
export const fieldTypePattern = new RegExp(
  `^(?:${scalarNames.join("|")}|[A-Z][A-Za-z0-9]*|enum\\( *${enumValue}(?: *, *${enumValue})* *\\))(?:\\[\\]){0,3}\\??$`,
);
const enumValuePattern = new RegExp(`^${enumValue}$`);
const suffixPattern = /(?:\[\]|\?)+$/;
export const fieldTypeNotation = `${scalarNames.join(", ")}, enum(a, b), a name from types, T[] or T?`;

/** Reads a field type; throws a BadFieldTypeError that says what was wrong and what may be written. */
export function parseFieldType(text: string): FieldType {
  const trimmed = text.trim();
  const suffix = suffixPattern.exec(trimmed)?.[0] ?? "";
  const base = parseBase(trimmed.slice(0, trimmed.length - suffix.length), text);
  if (suffix.slice(0, -1).includes("?")) throw refused(text, "? comes once, and last");
  const brackets = suffix.replace("?", "").length / 2;
  if (brackets > 3) throw refused(text, "lists nest three deep at most");
  let type = base;
  for (let depth = 0; depth < brackets; depth++) type = { kind: "list", of: type };
  return suffix.endsWith("?") ? { kind: "optional", of: type } : type;
}

function parseBase(text: string, whole: string): FieldType {
  const scalar = scalarNames.find((name) => name === text);
  if (scalar !== undefined) return { kind: "scalar", name: scalar };
  if (/^enum\b/.test(text)) return parseEnum(text, whole);
  if (/^[A-Z][A-Za-z0-9]*$/.test(text)) return { kind: "record", name: text };
  if (text === "") throw refused(whole, "it is empty");
  const near = nearest(text, [...scalarNames, "enum"]);
  throw refused(whole, `${shown(text)} is no type`, near === undefined ? undefined : `Did you mean ${near}?`);
}

function parseEnum(text: string, whole: string): FieldType {
  const inner = /^enum\(([^()]*)\)$/.exec(text)?.[1];
  if (inner === undefined) throw refused(whole, "an enum is written 'enum(a, b)', in quotes inside { }");
  const values = inner.split(",").map((value) => value.trim());
  for (const value of values) {
    if (value === "") throw refused(whole, "a value of the enum is empty");
    if (!enumValuePattern.test(value))
      throw refused(whole, `the value ${shown(value)} has other signs than letters, digits, - and _`);
  }
  const repeated = values.find((value, at) => values.indexOf(value) !== at);
  if (repeated !== undefined) throw refused(whole, `the value ${repeated} is there twice`);
  return { kind: "enum", values };
}

function refused(text: string, why: string, hint = `Write ${fieldTypeNotation}`): BadFieldTypeError {
  return new BadFieldTypeError(`${shown(text)} is not a field type: ${why}`, { hint });
}

/** The notation of a field type; `parseFieldType` reads it back to an equal one. */
export function printFieldType(type: FieldType): string {
  switch (type.kind) {
    case "scalar":
    case "record":
      return type.name;
    case "enum":
      return `enum(${type.values.join(", ")})`;
    case "list":
      return `${printFieldType(type.of)}[]`;
    case "optional":
      return `${printFieldType(type.of)}?`;
  }
}

/** Names of the records that a type mentions. */
export function recordsIn(type: FieldType): readonly string[] {
  switch (type.kind) {
    case "record":
      return [type.name];
    case "list":
    case "optional":
      return recordsIn(type.of);
    default:
      return [];
  }
}
