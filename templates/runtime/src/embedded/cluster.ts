import { spawn } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Binaries } from "./binaries.ts";
import type { ServerUser } from "./server-user.ts";

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
