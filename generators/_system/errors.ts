import type { Place } from "./place.ts";

/**
 * Tell the user and stop: the one base of every error that a person is meant to read. The bin prints it in one or
 * two plain lines, without a stack.
 */
export class EdaError extends Error {
  override readonly name: string = "EdaError";
  /** What to write or run. */
  readonly hint?: string;
  /** Where in a file it is. */
  readonly place?: Place;

  constructor(
    message: string,
    more: { readonly hint?: string; readonly place?: Place; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    if (more.hint !== undefined) this.hint = more.hint;
    if (more.place !== undefined) this.place = more.place;
  }
}

/** A text that cannot name anything. */
export class BadNameError extends EdaError {
  override readonly name = "BadNameError";
}

/** A text that is no field type. */
export class BadFieldTypeError extends EdaError {
  override readonly name = "BadFieldTypeError";
}

/** A manifest that cannot be read at all: not YAML, not a map, too large, of a newer format. */
export class UnreadableManifestError extends EdaError {
  override readonly name = "UnreadableManifestError";
}

/** An edit that cannot be written into the text without changing something else. */
export class ManifestEditError extends EdaError {
  override readonly name = "ManifestEditError";
}
