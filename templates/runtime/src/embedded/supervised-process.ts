import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

export interface SupervisedOptions {
  readonly name: string;
  /** Arguments of Node, the program first. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Whether it can be given work; polled while it is not. Does not reject. */
  readonly isReady: () => Promise<boolean>;
  /** A line that it has printed. */
  readonly onLine: (line: string) => void;
  /** A line about it. */
  readonly onNotice: (line: string) => void;
  readonly onStarted: (pid: number) => void;
  readonly onEnded: (pid: number) => void;
}

export interface Supervised {
  /** Resolves when it is ready for the first time; rejects when it has ended three times before that. */
  readonly firstReady: Promise<void>;
  /** SIGTERM, then SIGKILL after the limit. It is not started again. */
  stop(limitMs: number): Promise<void>;
  /** SIGKILL. It is not started again. */
  kill(): void;
}

/** How long the n-th start in a row waits for the one before, in milliseconds: 0.1 s, doubling up to 10 s. */
export function restartPause(failures: number): number {
  return Math.min(100 * 2 ** Math.max(0, failures - 1), 10_000);
}

const ATTEMPTS_BEFORE_FIRST_READY = 3;
/** A process that has run for so long was well: its end is the first failure of a new count. */
const STABLE_MS = 10_000;
const READY_POLL_MS = 100;

/** Keeps a program running: starts it again when it ends, ever slower while it does not get ready. */
export function supervise(options: SupervisedOptions): Supervised {
  const stopping = new AbortController();
  const first = Promise.withResolvers<void>();
  let child: ChildProcess | undefined;
  let everReady = false;
  // Whoever does not wait for it has not lost anything: the notices say the same.
  first.promise.catch(() => undefined);
  const finished = keepRunning();

  return {
    firstReady: first.promise,
    kill: () => {
      stopping.abort();
      child?.kill("SIGKILL");
    },
    async stop(limitMs) {
      stopping.abort();
      child?.kill("SIGTERM");
      const ended = await Promise.race([finished.then(() => true), sleep(limitMs, false, { ref: false })]);
      if (ended) return;
      options.onNotice(`${options.name} did not stop within ${limitMs / 1000} s: killing it`);
      child?.kill("SIGKILL");
      await finished;
    },
  };

  async function keepRunning(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const { how, ms } = await runOnce();
      if (stopping.signal.aborted) break;
      failures = ms > STABLE_MS ? 1 : failures + 1;
      if (!everReady && failures >= ATTEMPTS_BEFORE_FIRST_READY) {
        first.reject(new Error(`${options.name} does not start: it ended ${how}, ${failures} times in a row`));
        return;
      }
      const pause = restartPause(failures);
      options.onNotice(`${options.name} has ended ${how}: starting it again in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    first.reject(new Error(`${options.name} was stopped before it was ready`));
  }

  async function runOnce(): Promise<{ readonly how: string; readonly ms: number }> {
    const began = performance.now();
    const running = spawn(process.execPath, options.args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe"],
      // In a group of its own a Ctrl-C does not reach it: it is stopped in its turn.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    child = running;
    for (const input of [running.stdout, running.stderr]) createInterface({ input }).on("line", options.onLine);
    const closed = once(running, "close");
    if (running.pid !== undefined) options.onStarted(running.pid);
    const ended = new AbortController();
    const watch = becomesReady(ended.signal).then((ready) => {
      if (!ready || stopping.signal.aborted) return;
      if (everReady) options.onNotice(`${options.name} is ready again (process ${running.pid})`);
      everReady = true;
      first.resolve();
    });
    // A program that cannot be started has no `close` to wait for, but an `error`.
    const [code, signal] = (await closed.catch((error: Error) => [error.message, null])) as [unknown, unknown];
    ended.abort();
    await watch;
    child = undefined;
    if (running.pid !== undefined) options.onEnded(running.pid);
    return { how: signal ? `by ${signal}` : `with exit code ${code}`, ms: performance.now() - began };
  }

  async function becomesReady(ended: AbortSignal): Promise<boolean> {
    while (!ended.aborted) {
      if (await options.isReady()) return !ended.aborted;
      await sleep(READY_POLL_MS, undefined, { signal: ended }).catch(() => undefined);
    }
    return false;
  }
}
