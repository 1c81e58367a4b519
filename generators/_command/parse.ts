import { EdaError } from "../_system/errors.ts";
import { kebab, parseName, pascal } from "../_system/names.ts";
import { didYouMean } from "../_system/suggest.ts";

/** Parsers of what is typed: each gives the answer or throws an `EdaError` that says what is allowed. */

/** `order-history`, whatever case was typed. */
export function kebabName(what: string): (text: string) => string {
  return (text) => kebab(parseName(text, what));
}

/** `OrderHistory`. */
export function pascalName(what: string): (text: string) => string {
  return (text) => pascal(parseName(text, what));
}

/** `A, B`: a list of names, each once; empty text is an empty list. */
export function pascalNames(what: string): (text: string) => readonly string[] {
  const one = pascalName(what);
  return (text) => [...new Set(text.trim() === "" ? [] : text.split(",").map((part) => one(part.trim())))];
}

export function oneOf<T extends string>(what: string, allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((value) => value === text.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new EdaError(`${JSON.stringify(text)} is no ${what}`, {
      hint: didYouMean(text, allowed, `It is one of ${allowed.join(", ")}`),
    });
  };
}

/** A number at least as large as given; whole unless said otherwise. */
export function numberFrom(least: number, what: string, whole = true): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= least && value <= Number.MAX_SAFE_INTEGER && (!whole || Number.isInteger(value))) return value;
    throw new EdaError(`${JSON.stringify(text)} is no ${what}`, {
      hint: `It is a ${whole ? "whole number" : "number"}, ${least} at least`,
    });
  };
}

/** `7d`, or `forever`. */
export function retention(text: string): string {
  if (/^[1-9]\d*(m|h|d)$/.test(text.trim()) || text.trim() === "forever") return text.trim();
  throw new EdaError(`${JSON.stringify(text)} is no time to keep something`, { hint: "Write 7d, 12h, 30m or forever" });
}
