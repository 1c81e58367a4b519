import { hash } from "node:crypto";

/** The first 16 hexadecimal digits of the SHA-256 of a text with its line ends as LF: a check-out with CRLF is no edit. */
export function contentHash(text: string): string {
  return hash("sha256", withLf(text), "hex").slice(0, 16);
}

export function withLf(text: string): string {
  return text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
}

/** Whether git left a conflict in a text. */
export function hasConflictMarkers(text: string): boolean {
  return /^<{7} .*^={7}\r?$.*^>{7} /ms.test(text);
}

/** What may explain a content that is on disk, when it is not what would be written now. */
export interface Known {
  /** Hashes in the record. */
  readonly recorded: readonly string[];
  /** What would be written now; absent where the file is no longer part of the system. */
  readonly now?: string | undefined;
  /** What a run before this one would have written, had it not been killed before it reached the record. */
  before(): string | undefined;
}

/**
 * Whether a content is a person's work, and so never overwritten silently. It is not where a run wrote it: where the
 * record knows it, where a killed run wrote it without reaching the record, or where git put together what two
 * branches' runs had written (two hashes on record, and but for git's markers not a line that would not be there now).
 */
export function isEdited(text: string, known: Known): boolean {
  if (known.recorded.includes(contentHash(text))) return false;
  if (known.recorded.length > 1 && known.now !== undefined && hasNoLineOfItsOwn(text, known.now)) return false;
  const before = known.before();
  return before === undefined || withLf(text) !== withLf(before);
}

const marker = /^([<>|]{7} .*|={7})$/;

function hasNoLineOfItsOwn(text: string, other: string): boolean {
  const lines = new Set(withLf(other).split("\n"));
  return withLf(text)
    .split("\n")
    .every((each) => each.trim() === "" || lines.has(each) || marker.test(each));
}
