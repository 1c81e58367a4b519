import type { MigrationFile } from "./migration-file.ts";

/** A file is not what it was when it was applied. */
export class MigrationEditedError extends Error {
  readonly files: readonly string[];

  constructor(files: readonly string[]) {
    super(
      `${files.join(", ")}: edited after it was applied to this database. ` +
        "Put back what it was, and write the change as a new migration.",
    );
    this.name = "MigrationEditedError";
    this.files = files;
  }
}

/** PostgreSQL refused a file. Those before it stay applied. */
export class MigrationFailedError extends Error {
  constructor(file: MigrationFile, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${file.name}${lineOf(file, cause)}: ${reason}. ${consequence(file)}`, { cause });
    this.name = "MigrationFailedError";
  }
}

/** Another process has held the migrations' lock for longer than this one would wait. */
export class MigrationLockedError extends Error {
  constructor(waitedMs: number, pid: number | undefined) {
    const holder = pid === undefined ? "another process" : `the session with pid ${pid} in pg_stat_activity`;
    super(
      `${holder} has been migrating this database for more than ${waitedMs} ms. End it if it hangs, and start again.`,
    );
    this.name = "MigrationLockedError";
  }
}

/** The folder of migrations cannot be read. */
export class MigrationFolderError extends Error {
  constructor(folder: string, cause: unknown) {
    super(`the folder of migrations ${folder} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
    this.name = "MigrationFolderError";
  }
}

function consequence(file: MigrationFile): string {
  if (file.inTransaction) return "Nothing of this file was applied; correct it and start again.";
  return "It runs outside a transaction and may have left something behind (an invalid index): drop that, and start again.";
}

/** `:12`, from PostgreSQL's position in the text, counted in characters from 1. */
function lineOf(file: MigrationFile, cause: unknown): string {
  if (typeof cause !== "object" || cause === null || !("position" in cause)) return "";
  const position = Number(cause.position);
  if (!Number.isInteger(position) || position < 1) return "";
  return `:${[...file.sql].slice(0, position - 1).filter((character) => character === "\n").length + 1}`;
}
