import { setTimeout as delay } from "node:timers/promises";
import type { ConsumerRetry } from "./consumer-options.ts";

export interface RetryPolicy {
  readonly attempts: number;
  /** Pauses after the `attempt`-th failure, for `mostMs` at most; rejects when the signal aborts. */
  pause(attempt: number, signal: AbortSignal, mostMs?: number): Promise<void>;
}

export function retryPolicy(retry: ConsumerRetry = {}): RetryPolicy {
  const { attempts = 6, initialMs = 100, multiplier = 3, maxMs = 10_000 } = retry;
  return {
    attempts,
    async pause(attempt, signal, mostMs = maxMs) {
      await delay(Math.min(maxMs, mostMs, initialMs * multiplier ** (attempt - 1)), undefined, { signal });
    },
  };
}
