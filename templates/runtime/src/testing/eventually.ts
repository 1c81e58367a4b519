import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

export interface EventuallyOptions<T> {
  /** Default 10,000. */
  readonly withinMs?: number;
  /** Default: the value is truthy. */
  readonly until?: (value: T) => boolean;
  /** What is waited for, for the message. */
  readonly what?: string;
}

/**
 * Looks until the condition holds, and returns the value with which it did. For what happens in its own time, a
 * message on its way for one.
 *
 * @throws after the deadline, with the last value or the last error seen
 */
export async function eventually<T>(look: () => T | Promise<T>, options: EventuallyOptions<T> = {}): Promise<T> {
  const { withinMs = 10_000, until = Boolean, what = "the condition" } = options;
  const deadline = performance.now() + withinMs;
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    let last: string;
    try {
      const value = await look();
      if (until(value)) return value;
      last = `the last value seen: ${inspect(value, { depth: 6, breakLength: 120 })}`;
    } catch (error) {
      last = `the last error seen: ${error instanceof Error ? error.message : inspect(error)}`;
    }
    if (performance.now() >= deadline) throw new Error(`${what} did not come within ${withinMs} ms; ${last}`);
    await sleep(pause);
  }
}
