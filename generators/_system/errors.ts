import type { Place } from "./place.ts";

export interface EdaErrorDetails {
  /** What to do about it: what to write or run. */
  readonly hint?: string;
  /** Where it is wrong, where a file says so. */
  readonly place?: Place;
  readonly cause?: unknown;
}

/** Tell the user and stop: one plain sentence of what is wrong, and what to do. Never printed with a stack trace. */
export class EdaError extends Error {
  override readonly name: string = "EdaError";
  readonly hint: string | undefined;
  readonly place: Place | undefined;

  constructor(message: string, details: EdaErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.hint = details.hint;
    this.place = details.place;
  }
}
