import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MigrationFolderError } from "./errors.ts";

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

/** The `.sql` files of a folder, in the order in which they apply. Folders below it are not looked into. */
export async function readMigrations(folder: string | URL): Promise<readonly MigrationFile[]> {
  const path = typeof folder === "string" ? folder : fileURLToPath(folder);
  try {
    const names = (await readdir(path)).filter((name) => name.endsWith(".sql")).sort();
    return await Promise.all(names.map(async (name) => migrationFile(name, await readFile(join(path, name), "utf8"))));
  } catch (error) {
    throw new MigrationFolderError(path, error);
  }
}
