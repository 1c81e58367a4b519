import { BadNameError } from "./errors.ts";
import { shown } from "./wording.ts";

/** The longest name, as typed and in kebab-case: what is derived from it must fit PostgreSQL's 63 bytes. */
export const longestName = 40;
const namePattern = /^[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*$/;

declare const isName: unique symbol;
/** A text that has been checked to be a name, in whatever case it was typed. */
export type Name = string & { readonly [isName]: true };

/**
 * Checks that a text is a name: letters and digits, in words joined by single hyphens or underscores, beginning with
 * a letter, at most 40 characters.
 * @param what What is being named, for the message: `a service`.
 */
export function parseName(text: string, what = "a name"): Name {
  const refused = (why: string): BadNameError =>
    new BadNameError(`${shown(text)} cannot be ${what}: ${why}`, {
      hint: "A name has letters and digits, words joined by - or _, and begins with a letter, such as order-history",
    });
  if (text === "") throw refused("it is empty");
  if (text.length > longestName) throw refused(`it is longer than ${longestName} characters`);
  if (!namePattern.test(text)) throw refused(complaint(text));
  if (kebab(text).length > longestName) throw refused(`${kebab(text)} is longer than ${longestName} characters`);
  return text as Name;
}

function complaint(text: string): string {
  if (/^[^A-Za-z]/.test(text)) return "it does not begin with a letter from A to Z";
  const odd = /[^A-Za-z0-9_-]/u.exec(text)?.[0];
  if (odd !== undefined) return odd === " " ? "it has a space" : `it has the character ${shown(odd)}`;
  return "its hyphens and underscores must stand alone, between two words";
}

/** `place-order`, from PlaceOrder, placeOrder, place_order or PLACE_ORDER; `http-server` from HTTPServer. */
export function kebab(name: string): string {
  return words(name).join("-").toLowerCase();
}

/** `place_order`. */
export function snake(name: string): string {
  return words(name).join("_").toLowerCase();
}

/** `PlaceOrder`. A name without hyphens and underscores keeps its capitals: HTTPServer stays HTTPServer. */
export function pascal(name: string): string {
  const parts = name.split(/[-_]/);
  if (parts.length === 1) return capitalised(name);
  return parts.map((part) => capitalised(/[a-z]/.test(part) ? part : part.toLowerCase())).join("");
}

/** `placeOrder`; `httpServer` from HTTPServer. */
export function camel(name: string): string {
  const whole = pascal(name);
  const first = words(whole)[0] ?? "";
  return first.toLowerCase() + whole.slice(first.length);
}

function words(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1-$2")
    .split(/[-_]/);
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
