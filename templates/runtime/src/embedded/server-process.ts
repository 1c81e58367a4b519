import { spawn } from "node:child_process";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import type { Binaries } from "./binaries.ts";
import { stopByPgCtl } from "./pg-ctl.ts";
import type { ServerUser } from "./server-user.ts";

export interface ServerProcess {
  readonly pid: number;
  readonly exited: Promise<void>;
  unref(): void;
  /** Fast shutdown; immediate after 10 s, by force after 15 s. */
  stop(): Promise<void>;
}

export interface Launch {
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly dataDir: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

/** Starts the server and resolves when it takes connections. Rejects with its last lines when it ends before that. */
export function launch({ binaries, user, dataDir, settings }: Launch): Promise<ServerProcess> {
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = spawn(binaries.postgres, ["-D", dataDir, ...flags], {
    ...user,
    cwd: dataDir,
    stdio: ["ignore", "ignore", "pipe"],
    // A Ctrl-C in the terminal is the supervisor's to handle: the database is stopped last.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  const stop = async () => {
    // Windows has no signals: a "SIGINT" would end the server like a power cut.
    if (process.platform === "win32") await stopByPgCtl({ binaries, user, dataDir }).catch(() => undefined);
    for (const [signal, limitMs] of SHUTDOWN) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await Promise.race([exited, after(limitMs)]);
    }
    await exited;
  };
  const unref = () => {
    child.unref();
    // A pipe of a child is a socket.
    (child.stderr as Socket).unref();
  };
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const lines = createInterface({ input: child.stderr });
    lines.on("line", (line) => {
      said.push(line);
      if (said.length > 20) said.shift();
      if (line.includes("ready to accept connections")) resolve({ pid: child.pid!, exited, stop, unref });
    });
    child.once("error", (error) => reject(new Error(`PostgreSQL does not start: ${error.message}`)));
    child.once("close", (code) => reject(new Error(`PostgreSQL ended at its start (${code}):\n${said.join("\n")}`)));
  });
}

const SHUTDOWN = [
  ["SIGINT", 10_000],
  ["SIGQUIT", 5_000],
  ["SIGKILL", 5_000],
] as const;

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
