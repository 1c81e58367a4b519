import { spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { type Binaries, reachableTemporaryFolder } from "./binaries.ts";
import { writtenOnce } from "./secret-file.ts";
import { type ServerUser, untraversable } from "./server-user.ts";

/**
 * Where a cluster's files can lie so that the server's user reaches them: the folder asked for, or, when a folder
 * above it is closed to that user, a temporary one. Which one is written down beside the folder asked for, so that
 * whoever removes that has removed the data too.
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
    const made = mkdtempSync(path.join(reachableTemporaryFolder(user), "eda-postgres-"));
    chmodSync(made, 0o711);
    return made;
  });
  log(
    `PostgreSQL runs as user ${user.uid}, who may not pass through ${closed}: its data is in ${folder} ` +
      `(\`chmod o+x ${closed}\` and a fresh start put it here)`,
  );
  return path.join(folder, path.basename(dataDir));
}

export interface NewCluster {
  readonly dataDir: string;
  readonly password: string;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  /** Whether the new files must survive a power cut. */
  readonly durable: boolean;
}

/**
 * Makes the cluster unless it is there. It is made under another name and renamed when whole, so that an initdb that
 * was killed half way is not taken for a cluster, and of two at once one wins.
 */
export async function createCluster(options: NewCluster): Promise<void> {
  const { dataDir, user } = options;
  if (existsSync(path.join(dataDir, "PG_VERSION"))) return;
  mkdirSync(path.dirname(dataDir), { recursive: true });
  const work = mkdtempSync(`${dataDir}.new-`);
  const passwordFile = path.join(work, "password");
  const draft = path.join(work, "data");
  try {
    writeFileSync(passwordFile, options.password, { mode: 0o600 });
    mkdirSync(draft, { mode: 0o700 });
    if (user) for (const file of [work, passwordFile, draft]) chownSync(file, user.uid, user.gid);
    await initdb(options, draft, passwordFile);
    renameSync(draft, dataDir);
  } catch (error) {
    if (!existsSync(path.join(dataDir, "PG_VERSION"))) throw error;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function initdb({ binaries, user, durable }: NewCluster, draft: string, passwordFile: string): Promise<void> {
  const flags = [
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    // The same order of text on every platform, whatever locales it has installed.
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
    ...(durable ? [] : ["--no-sync"]),
    `--pgdata=${draft}`,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.initdb, flags, {
      ...user,
      cwd: path.dirname(draft),
      stdio: ["ignore", "ignore", "pipe"],
      windowsHide: true,
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once("error", (error) => reject(new Error(`initdb does not start: ${error.message}`)));
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`initdb ended with ${code}: ${said.trim().slice(-600)}`)),
    );
  });
}
