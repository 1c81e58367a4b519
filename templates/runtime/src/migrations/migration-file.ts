import { createHash } from "node:crypto";

/** One step of a schema. Its name says when it is applied, and identifies it for ever. */
export interface MigrationFile {
  /** `020-outbox.sql`. */
  readonly name: string;
  readonly sql: string;
  /** Of the text with its line ends as LF, so that a checkout on Windows is no edit. */
  readonly sha256: string;
  /** False for a file whose first line is `-- eda: no-transaction`. It holds one statement and can be run twice. */
  readonly inTransaction: boolean;
}

export function migrationFile(name: string, text: string): MigrationFile {
  const sql = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  return {
    name,
    sql,
    sha256: createHash("sha256").update(sql).digest("hex"),
    inTransaction: !/^--\s*eda:\s*no-transaction\s*(\n|$)/.test(sql),
  };
}
