import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { reachableTemporaryFolder } from "./binaries.ts";
import { postmasterOf } from "./postmaster.ts";
import { writtenOnce } from "./secret-file.ts";
import { type ServerUser, untraversable } from "./server-user.ts";

const PREFIX = "eda-postgres-";

/**
 * Where a cluster's files can lie so that the server's user reaches them: the folder asked for, or, when a folder
 * above it is closed to that user, a temporary one. Which one is written down beside the folder asked for, so that
 * data whose repository is gone can be told from data in use.
 */
export function reachableDataDir(dataDir: string, user: ServerUser | undefined, log: (line: string) => void): string {
  const closed = untraversable(dataDir, user);
  if (!user || !closed) return dataDir;
  const note = `${dataDir}.elsewhere`;
  const known = existsSync(note) ? readFileSync(note, "utf8").trim() : undefined;
  if (known && !existsSync(known)) {
    log(`${known}, where PostgreSQL's data was, is gone: starting from nothing`);
    rmSync(note);
  }
  const folder = writtenOnce(note, () => {
    const parent = reachableTemporaryFolder(user);
    removeOrphans(parent);
    const made = mkdtempSync(path.join(parent, PREFIX));
    chmodSync(made, 0o711);
    writeFileSync(path.join(made, "note"), note);
    return made;
  });
  log(
    `PostgreSQL runs as user ${user.uid}, who may not pass through ${closed}: its data is in ${folder} ` +
      `(\`chmod o+x ${closed}\` and a fresh start put it here)`,
  );
  return path.join(folder, path.basename(dataDir));
}

/** Old enough that nobody is still about to write the note which refers to the folder. */
const SETTLED_MS = 60_000;

/** Removes data folders of ours whose repository has been removed: temporary repositories leave nothing behind. */
function removeOrphans(parent: string): void {
  for (const name of globSync(`${PREFIX}*`, { cwd: parent })) {
    const folder = path.join(parent, name);
    const { uid, mtimeMs } = statSync(folder);
    const file = path.join(folder, "note");
    if (uid !== process.getuid?.() || Date.now() - mtimeMs < SETTLED_MS || !existsSync(file)) continue;
    const inUse = existsSync(readFileSync(file, "utf8")) || globSync(`${folder}/*/`).some(postmasterOf);
    if (!inUse) rmSync(folder, { recursive: true, force: true });
  }
}
