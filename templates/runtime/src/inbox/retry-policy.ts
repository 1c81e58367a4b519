import { setTimeout as delay } from "node:timers/promises";
import type { ConsumerRetry } from "./consumer-options.ts";

export interface RetryPolicy {
  readonly attempts: number;
  /** Pauses after the `attempt`-th failure; rejects when the signal aborts. */
  pause(attempt: number, signal: AbortSignal): Promise<void>;
}

export function retryPolicy(retry: ConsumerRetry = {}): RetryPolicy {
  const { attempts = 6, initialMs = 100, multiplier = 3, maxMs = 10_000 } = retry;
  return {
    attempts,
    async pause(attempt, signal) {
      await delay(Math.min(maxMs, initialMs * multiplier ** (attempt - 1)), undefined, { signal });
    },
  };
}
