import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, createWriteStream, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningSystem, readRunning } from "../../templates/runtime/src/embedded/running-file.ts";
import { eventually } from "../../templates/runtime/src/testing/eventually.ts";

const bin = join(import.meta.dirname, "../../dist/generators/_cli/bin.js");

/** A folder for the demo that PostgreSQL's user may pass through, and its removal. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "eda-demo-")));
  chmodSync(path, 0o711);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs `eda` as a user would, its output shown. Rejects on any other exit code than 0. */
export function eda(args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ["ignore", "inherit", "inherit"] });
  return ended(child, `eda ${args.join(" ")}`);
}

/** A running `npm run dev`. */
export interface RunningDemo {
  /** As it stands now: a restarted service has another process. */
  now(): RunningSystem;
  stop(): Promise<void>;
}

/** Starts `npm run dev`, its log in a file, and waits until everything is ready. */
export async function startDev(root: string, log: string): Promise<RunningDemo> {
  const child = spawn(process.execPath, ["packages/runtime/src/embedded/dev.ts"], { cwd: root, stdio: "pipe" });
  const file = createWriteStream(log);
  child.stdout.pipe(file);
  child.stderr.pipe(file);
  const exit = ended(child, "npm run dev");
  const ready = eventually(() => readRunning(root), {
    until: (running) => running?.state === "ready",
    withinMs: 60_000,
    what: "npm run dev",
  });
  await Promise.race([ready, exit.then(() => Promise.reject(new Error(`npm run dev ended early; see ${log}`)))]);
  return {
    now: () => readRunning(root) ?? fail("npm run dev has gone"),
    async stop() {
      child.kill("SIGTERM");
      await exit;
    },
  };
}

/** As it stands now. */
export function serviceOf(dev: RunningDemo, name: string): RunningSystem["services"][number] {
  return dev.now().services.find((each) => each.name === name) ?? fail(`there is no service ${name}`);
}

function ended(child: ChildProcess, what: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once("error", reject);
  child.once("close", (code, signal) =>
    code === 0 ? resolve() : reject(new Error(`${what} ended with ${signal ?? `exit code ${code}`}`)),
  );
  promise.catch(() => undefined);
  return promise;
}

function fail(message: string): never {
  throw new Error(message);
}
