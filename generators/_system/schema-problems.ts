import type Joi from "joi";
import { acceptor } from "./acceptor.ts";
import { contentProblems } from "./content-problems.ts";
import type { Note } from "./described.ts";
import { BadFieldTypeError } from "./errors.ts";
import { parseFieldType } from "./field-types.ts";
import { manifestJsonSchema } from "./manifest-schema.ts";
import { onDemand } from "./on-demand.ts";
import type { NodePath } from "./place.ts";
import type { SchemaProblem } from "./schema-problem.ts";
import { nearest } from "./suggest.ts";
import { dotted, shown, shownKey } from "./wording.ts";

/** A manifest with more problems than this is told of the first ones. */
const mostProblems = 200;

let accepts: ((manifest: unknown) => boolean) | undefined;

/** Everything in which a value differs from the schema, in the schema's order. */
export function schemaProblems(manifest: unknown): readonly SchemaProblem[] {
  accepts ??= acceptor(manifestJsonSchema);
  if (accepts(manifest)) return [...contentProblems(manifest)].slice(0, mostProblems);
  const { error } = onDemand.joi().manifestSchema.validate(manifest, { abortEarly: false, convert: false });
  return (error?.details ?? []).slice(0, mostProblems).map((detail) => problemOf(detail));
}

/**
 * A difference as Joi tells it, in our words.
 * @param whole What the root is called: `the manifest`.
 */
export function problemOf(detail: Joi.ValidationErrorItem, whole = "the manifest"): SchemaProblem {
  const note = onDemand.described().noteOf(detail.message) ?? unknownNote;
  const value: unknown = detail.context?.value;
  if (detail.type === "any.required") return missing(detail.path, note, whole);
  if (detail.type === "object.unknown") return unknownKey(detail.path, note, whole);
  if (detail.type === "array.min")
    return wrongValue(detail.path, note, "is an empty list", "a list of at least one", whole);
  if (note.fieldType && typeof value === "string" && value !== "") return wrongFieldType(detail.path, value);
  const expected = note.expected;
  const problem = wrongValue(detail.path, note, value === null ? "is empty" : `is ${shown(value)}`, expected, whole);
  const valids: readonly unknown[] = detail.context?.valids ?? [];
  const near =
    typeof value === "string"
      ? nearest(
          value,
          valids.filter((valid) => typeof valid === "string"),
        )
      : undefined;
  return near === undefined ? problem : { ...problem, hint: `Did you mean ${near}?` };
}

const unknownNote: Note = { what: "This", expected: "something else", example: "" };

function missing(path: NodePath, note: Note, whole: string): SchemaProblem {
  const parent = path.slice(0, -1);
  const key = String(path.at(-1));
  return {
    at: parent,
    part: "key",
    message: `${dotted(parent, whole)} has no ${key}`,
    hint: `Write ${key}: ${note.example}`,
  };
}

function unknownKey(path: NodePath, note: Note, whole: string): SchemaProblem {
  const key = String(path.at(-1));
  const parent = path.slice(0, -1);
  const problem = { at: path, part: "key" } as const;
  const inside = parent.length === 0 ? whole : dotted(parent);
  if (note.keys === undefined) {
    const message = `${shownKey(key)} in ${inside} is no name that can stand there`;
    if (key.endsWith(")") || key.endsWith("]")) {
      return { ...problem, message, hint: "Inside { } a type with commas or brackets is quoted: 'enum(a, b)'" };
    }
    const better = note.names?.repair(key);
    const hint =
      better === undefined ? `Names here are ${note.names?.are}` : `Write ${better}: names here are ${note.names?.are}`;
    return { ...problem, message, hint };
  }
  const near = nearest(key, note.keys);
  return {
    ...problem,
    message: `${shownKey(key)} is no key of ${inside}`,
    hint: near === undefined ? `Its keys are ${note.keys.join(", ")}` : `Did you mean ${near}?`,
  };
}

function wrongFieldType(path: NodePath, value: string): SchemaProblem {
  try {
    parseFieldType(value);
  } catch (error) {
    if (!(error instanceof BadFieldTypeError)) throw error;
    return { at: path, part: "value", message: `${dotted(path)}: ${error.message}`, hint: error.hint ?? "" };
  }
  return {
    at: path,
    part: "value",
    message: `${dotted(path)} is ${shown(value)}`,
    hint: "Write it without spaces around",
  };
}

function wrongValue(path: NodePath, note: Note, is: string, expected: string, whole: string): SchemaProblem {
  const key = path.at(-1);
  const write = typeof key === "string" ? `Write ${shownKey(key)}: ${note.example}` : `Write ${note.example}`;
  return { at: path, part: "value", message: `${dotted(path, whole)} ${is}: expected ${expected}`, hint: write };
}
