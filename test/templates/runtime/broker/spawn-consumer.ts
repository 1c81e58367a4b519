import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ConsumerArguments, ConsumerLine } from "./consumer-process.ts";
import { until } from "./until.ts";

export interface ConsumerProcess {
  /** What it has said so far. */
  readonly lines: readonly ConsumerLine[];
  /** The values of all batches that reached the point, in order. */
  values(at: "handling" | "committed" | "refused"): readonly string[];
  /** Resolves once it has said this `count` times. */
  said(at: ConsumerLine["at"], count?: number): Promise<void>;
  send(line: "go" | "close"): void;
  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
  readonly exited: Promise<void>;
}

export function spawnConsumer(options: ConsumerArguments, env: Readonly<Record<string, string>>): ConsumerProcess {
  const child: ChildProcess = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines: ConsumerLine[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => lines.push(JSON.parse(line)));
  child.stdin!.on("error", () => {});
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    lines,
    values: (at) => lines.flatMap((line) => (line.at === at && "values" in line ? line.values : [])),
    said: (at, count = 1) =>
      until(() => lines.filter((line) => line.at === at).length >= count, `the consumer says ${at}`),
    send: (line) => void child.stdin!.write(`${line}\n`),
    signal: (signal) => void child.kill(signal),
    exited,
  };
}

const SCRIPT = fileURLToPath(new URL("./consumer-process.ts", import.meta.url));
