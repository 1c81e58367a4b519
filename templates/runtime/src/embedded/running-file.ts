import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isRunning } from "./is-running.ts";

/** `.data/running.json`: what `npm run dev` has started, for the operator's bin and for scripts. Holds secrets. */
export interface RunningSystem {
  readonly name: string;
  /** Process number of `npm run dev` itself. */
  readonly supervisor: number;
  readonly state: "starting" | "ready";
  readonly postgres: {
    readonly pid: number;
    readonly port: number;
    /** Of the superuser. */
    readonly url: string;
  };
  readonly brokerUrl: string;
  readonly adminToken: string;
  readonly services: readonly RunningService[];
}

export interface RunningService {
  readonly name: string;
  /** Another one after a restart; none between a crash and the restart. */
  readonly pid: number | null;
  readonly url: string;
  readonly adminUrl: string;
  readonly databaseUrl: string;
}

/** What runs for this repository now; none when the file is of a run that was killed. */
export function readRunning(root: string): RunningSystem | undefined {
  const running = readLastRun(root);
  return running && isRunning(running.supervisor) ? running : undefined;
}

/** What the file says, whether or not it still runs. */
export function readLastRun(root: string): RunningSystem | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(root), "utf8")) as RunningSystem;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, and readable by its owner alone. */
export function writeRunning(root: string, running: RunningSystem): void {
  const file = fileOf(root);
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

export function removeRunning(root: string): void {
  rmSync(fileOf(root), { force: true });
}

function fileOf(root: string): string {
  return path.join(root, ".data", "running.json");
}
