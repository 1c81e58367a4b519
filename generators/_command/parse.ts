import { EdaError } from "../_system/errors.ts";
import { kebab, parseName, pascal } from "../_system/names.ts";
import { didYouMean } from "../_system/suggest.ts";
import { shown } from "../_system/wording.ts";

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

/** `orders.OrderPlaced, payments.PaymentDeclined`: events of services, each once. */
export function eventRefs(text: string): readonly string[] {
  const parts = text.trim() === "" ? [] : text.split(",").map((part) => part.trim());
  return [...new Set(parts.map(eventRef))];
}

function eventRef(text: string): string {
  const [service, event, ...more] = text.split(".");
  if (service === undefined || event === undefined || more.length > 0) {
    throw new EdaError(`${shown(text)} names no event`, { hint: "Write service.Event: orders.OrderPlaced" });
  }
  return `${kebab(parseName(service, "a service"))}.${pascal(parseName(event, "an event"))}`;
}

export function oneOf<T extends string>(what: string, allowed: readonly T[]): (text: string) => T {
  return (text) => {
    const found = allowed.find((value) => value === text.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new EdaError(`${shown(text)} is no ${what}`, {
      hint: didYouMean(text, allowed, `It is one of ${allowed.join(", ")}`),
    });
  };
}

/** A number in a range; whole unless said otherwise. */
export function numberBetween(least: number, most: number, what: string, whole = true): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}(\.\d{1,15})?$/.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
    throw new EdaError(`${shown(text)} is no ${what}`, {
      hint: `It is a ${whole ? "whole number" : "number"} from ${least} to ${most}`,
    });
  };
}

/** `7d`, or `forever`. */
export function retention(text: string): string {
  if (/^([1-9]\d{0,8}(ms|s|m|h|d)|forever)$/.test(text.trim())) return text.trim();
  throw new EdaError(`${shown(text)} is no time to keep something`, { hint: "Write 7d, 12h, 30m or forever" });
}
