import { spawn } from "node:child_process";
import type { Binaries } from "./binaries.ts";
import type { ServerUser } from "./server-user.ts";

interface Target {
  readonly dataDir: string;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
}

/** Fast shutdown by `pg_ctl`, which reaches a server that is not our child, and on Windows any. Waits for its end. */
export function stopByPgCtl({ binaries, user, dataDir }: Target): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.pg_ctl, ["stop", "-D", dataDir, "-m", "fast", "-w", "-t", "20", "-s"], {
      ...user,
      cwd: dataDir,
      stdio: ["ignore", "ignore", "pipe"],
      windowsHide: true,
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`PostgreSQL at ${dataDir} cannot be stopped: ${said.trim()}`)),
    );
  });
}
