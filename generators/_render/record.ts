import type { FileKind } from "./file.ts";

/** Where a repository keeps its record, from its root. */
export const recordPath = ".eda/files";

/** What is known of one file that a run wrote. */
export interface RecordEntry {
  readonly kind: FileKind;
  /** Hashes of the contents written there: one, or after a merge one a branch; none for started and shared files. */
  readonly hashes: readonly string[];
}

/** Path, from the root with forward slashes, to what is known of the file. */
export type FileRecord = ReadonlyMap<string, RecordEntry>;

const line = /^(derived|runtime|stub|started|shared) (-|[0-9a-f]{16}) (\S.*)$/;

/** Where two branches disagree on a file's kind, the one that leaves more to the user holds. */
const careful: readonly FileKind[] = ["derived", "runtime", "stub", "shared", "started"];

/**
 * Reads a record as a merge may have left it: two lines for one path are two known contents, and what is no line of a
 * record (conflict markers, garbage, a path that leads elsewhere) is passed over.
 */
export function parseRecord(text: string): FileRecord {
  const record = new Map<string, RecordEntry>();
  for (const each of text.split(/\r?\n/)) {
    const [, kind, hash, path] = (line.exec(each) ?? []) as [string?, FileKind?, string?, string?];
    if (kind === undefined || hash === undefined || path === undefined || !isWritable(path)) continue;
    const known = record.get(path) ?? { kind, hashes: [] };
    const isNew = hash !== "-" && isHashed(kind) && !known.hashes.includes(hash);
    record.set(path, {
      kind: careful.indexOf(kind) > careful.indexOf(known.kind) ? kind : known.kind,
      hashes: isNew ? [...known.hashes, hash] : known.hashes,
    });
  }
  return record;
}

/** The record's text: one line a known content, sorted by path, so that branches merge by taking the lines of both. */
export function printRecord(record: FileRecord): string {
  const lines: string[] = [];
  for (const path of [...record.keys()].sort()) {
    const { kind, hashes } = record.get(path)!;
    for (const hash of hashes.length === 0 ? ["-"] : [...hashes].sort()) lines.push(`${kind} ${hash} ${path}\n`);
  }
  return lines.join("");
}

/** Whether files of a kind are recorded with what was written: those that are written again. */
export function isHashed(kind: FileKind): boolean {
  return kind !== "started" && kind !== "shared";
}

// What a run keeps for itself (the manifest, the record, the lock) or must never touch (git's own folder).
const reserved = /^(?:eda\.yaml|\.eda|\.eda\/(?:files|lock|tmp(?:\/.*)?))$|(?:^|\/)\.git(?:\/|$)/i;
// Control characters, backslashes and drive letters never name a file of ours on any system.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const foreign = /[\u0000-\u001f\u007f\\]|^[A-Za-z]:|^\//;
// A part of a path that is empty, `.` or `..`.
const noName = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** Whether a path names a file inside the root that a plan may write or delete, on every operating system. */
export function isWritable(path: string): boolean {
  return !foreign.test(path) && !reserved.test(path) && !noName.test(path);
}
