import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Surroundings } from "./running.ts";

type Line = Readonly<Record<string, unknown>>;

/** A service in a process of its own. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  /** Lines of JSON that it has logged. */
  readonly logged: readonly Line[];
  /** Its `started` line; rejects when the process ends before. */
  readonly started: Promise<Line & { readonly http?: string; readonly admin: string }>;
  /** Exit code (or the signal that ended it) and what it wrote on stderr. */
  readonly ended: Promise<{ readonly code: number | string; readonly stderr: string }>;
}

export function startProcess(
  around: Surroundings,
  environment: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
  program: "orders" | "inventory" | URL = "orders",
): ServiceProcess {
  const main = program instanceof URL ? fileURLToPath(program) : path.join(import.meta.dirname, `${program}.main.mts`);
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: around.config.databaseUrl,
      BROKER_URL: around.config.broker.url,
      MIGRATIONS: around.options.migrations.href,
      PORT: "0",
      ADMIN_PORT: "0",
      LOG_LEVEL: "debug",
      ...environment,
    },
  });
  const logged: Line[] = [];
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const started = Promise.withResolvers<Line & { admin: string }>();
  started.promise.catch(() => {});
  createInterface(child.stdout).on("line", (text) => {
    const line = JSON.parse(text) as Line & { admin: string };
    logged.push(line);
    if (line.msg === "started") started.resolve(line);
  });
  const ended = new Promise<{ code: number | string; stderr: string }>((resolve) => {
    child.once("close", (code, signal) => {
      resolve({ code: code ?? signal ?? "", stderr });
      started.reject(new Error(`ended with ${code ?? signal}: ${stderr} ${JSON.stringify(logged.at(-1))}`));
    });
  });
  return { child, logged, started: started.promise, ended };
}
