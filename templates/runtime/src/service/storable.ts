import type { Violation } from "../aggregate/contracts.ts";

const DEEPEST = 64;

/**
 * Finds what is valid JSON and cannot be kept as PostgreSQL's jsonb: U+0000, halves of surrogate pairs, numbers
 * beyond a double, deep nesting. Refused at the door as the caller's mistake; further in it would be a server error.
 */
export function findUnstorable(value: unknown, pointer = "#", depth = 0): Violation | undefined {
  if (typeof value === "string") return storableText(value) ? undefined : { pointer, detail: BAD_TEXT };
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : { pointer, detail: "is too large a number" };
  if (typeof value !== "object" || value === null) return undefined;
  if (depth === DEEPEST) return { pointer, detail: `is nested deeper than ${DEEPEST} levels` };
  for (const [name, inner] of Object.entries(value)) {
    if (!storableText(name)) return { pointer, detail: `has a property name that ${BAD_TEXT}` };
    const found = findUnstorable(inner, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function storableText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

const BAD_TEXT = "contains U+0000 or half a surrogate pair";
