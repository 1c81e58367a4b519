import { parseDurationMs } from "../../templates/runtime/src/duration.ts";
import { defaultRetry } from "../../templates/runtime/src/saga/compile.ts";
import type { SagaRetry } from "../../templates/runtime/src/saga/definition.ts";
import { isPlainMap } from "../_system/values.ts";

/** What a `retry` means, with the defaults for what it leaves out; undefined where a part of it has a wrong form. */
export function retryOf(retry: unknown): SagaRetry | undefined {
  if (retry === undefined) return defaultRetry;
  if (!isPlainMap(retry)) return undefined;
  const { attempts, multiplier = defaultRetry.multiplier, jitter = defaultRetry.jitter } = retry;
  const initialMs = retry.initial === undefined ? defaultRetry.initialMs : duration(retry.initial);
  const maxMs = retry.max === undefined ? Math.max(defaultRetry.maxMs, initialMs) : duration(retry.max);
  const numbers = [attempts, multiplier].every(
    // As the schema has it: what is beyond, such as 1e400, is S01's alone.
    (number) => typeof number === "number" && number >= 1 && number <= 1_000_000,
  );
  if (!numbers || Number.isNaN(initialMs + maxMs) || (jitter !== "full" && jitter !== "none")) return undefined;
  return { attempts: attempts as number, initialMs, multiplier: multiplier as number, maxMs, jitter };
}

/** Milliseconds that attempts may take one after another, their waits without jitter between them. */
export function longestCourse(retry: SagaRetry, timeoutMs: number): number {
  let waits = 0;
  let wait = retry.initialMs;
  for (let attempt = 1; attempt < retry.attempts; attempt++) {
    // From here on each wait is the longest.
    if (wait >= retry.maxMs) return waits + (retry.attempts - attempt) * retry.maxMs + retry.attempts * timeoutMs;
    waits += wait;
    wait *= retry.multiplier;
    if (retry.multiplier === 1) return (retry.attempts - 1) * retry.initialMs + retry.attempts * timeoutMs;
  }
  return waits + retry.attempts * timeoutMs;
}

function duration(text: unknown): number {
  return (typeof text === "string" ? parseDurationMs(text) : undefined) || Number.NaN;
}
