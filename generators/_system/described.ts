import Joi from "joi";
import { camel, kebab, longestName, pascal } from "./names.ts";

/** The words in which the schemas describe what people write: each node with the note that its errors are told with. */

/** What a person needs to know of a node of a manifest or of a definition. */
export interface Note {
  /** What it is, in editors and in messages: `a service`. */
  readonly what: string;
  /** Ends the sentence `expected …`. */
  readonly expected: string;
  /** A value as one would write it. */
  readonly example: string;
  /** The keys of a closed map. */
  readonly keys?: readonly string[];
  /** Of a map whose keys are names that people give. */
  readonly names?: Names;
  readonly fieldType?: true;
}

/** What the names in a map look like. */
export interface Names {
  /** Ends the sentence `names here are …`. */
  readonly are: string;
  /** The name that was probably meant by one that is not allowed; undefined where there is none. */
  repair(name: string): string | undefined;
}

/** Notes by the text that Joi gives as its message: so every error leads to the note of its node. */
const notes = new Map<string, Note>();

export function noteOf(joiMessage: string): Note | undefined {
  return notes.get(joiMessage);
}

export function noted<S extends Joi.Schema>(schema: S, note: Note): S {
  const id = `note ${notes.size}`;
  notes.set(id, note);
  return schema.description(note.what).messages({ "*": id }) as S;
}

const upTo = `(?=.{1,${longestName}}$)`;
export const kebabName = new RegExp(`^${upTo}[a-z][a-z0-9]*(?:-[a-z0-9]+)*$`);
export const pascalName = new RegExp(`^${upTo}[A-Z][A-Za-z0-9]*$`);
export const fieldName = new RegExp(`^${upTo}[a-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*$`);
const longestRef = `(?=.{1,${2 * longestName + 1}}$)`;
/** `orders.OrderPlaced`, of an event or a command. */
export const messageRef = new RegExp(`^${longestRef}[a-z][a-z0-9]*(?:-[a-z0-9]+)*\\.[A-Z][A-Za-z0-9]*$`);
const duration = /^[1-9][0-9]{0,8}(?:ms|s|m|h|d)$/;

export function names(are: string, pattern: RegExp, form: (name: string) => string): Names {
  return {
    are,
    repair(name) {
      const better = form(name.trim().replace(/[^A-Za-z0-9]+/g, "-"));
      return pattern.test(better) ? better : undefined;
    },
  };
}

export const kebabNames = names("in kebab-case, such as order-history, at most 40 characters", kebabName, kebab);
export const pascalNames = names("in PascalCase, such as OrderPlaced, at most 40 characters", pascalName, pascal);
export const fieldNames = names("in camelCase or snake_case, such as orderId, at most 40 characters", fieldName, camel);

export function text(what: string, expected: string, example: string, pattern: RegExp): Joi.StringSchema {
  return noted(Joi.string().pattern(pattern), { what, expected, example });
}

export function choice(what: string, values: readonly string[]): Joi.StringSchema {
  return noted(Joi.string().valid(...values), { what, expected: values.join(" or "), example: values[0]! });
}

export function wholeNumber(what: string, from: number, to: number, example: number): Joi.NumberSchema {
  const expected = `a whole number from ${from} to ${to}`;
  return noted(Joi.number().integer().min(from).max(to), { what, expected, example: String(example) });
}

export function positive(what: string, example: number): Joi.NumberSchema {
  return noted(Joi.number().greater(0).max(1e12), { what, expected: "a number above 0", example: String(example) });
}

export function yesOrNo(what: string): Joi.BooleanSchema {
  return noted(Joi.boolean(), { what, expected: "true or false", example: "true" });
}

/** A map with keys of ours. */
export function closed(what: string, example: string, keys: Record<string, Joi.Schema>): Joi.ObjectSchema {
  return noted(Joi.object(keys), { what, expected: "a map", example, keys: Object.keys(keys) });
}

/** A map whose keys are names that people give. */
export function named(
  what: string,
  example: string,
  names: Names,
  pattern: RegExp,
  value: Joi.Schema,
): Joi.ObjectSchema {
  return noted(Joi.object().pattern(pattern, value), { what, expected: "a map", example, names });
}

export function list(what: string, example: string, item: Joi.Schema): Joi.ArraySchema {
  return noted(Joi.array().items(item), { what, expected: "a list", example });
}

export function event(what: string): Joi.StringSchema {
  return text(what, "an event as service.Event", "service.Event, such as orders.OrderPlaced", messageRef);
}

export function durationOf(what: string, example: string): Joi.StringSchema {
  return text(what, "a duration such as 500ms, 30s, 5m, 1h or 7d", example, duration);
}
