import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MigrationFolderError } from "./errors.ts";
import { type MigrationFile, migrationFile } from "./migration-file.ts";

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
