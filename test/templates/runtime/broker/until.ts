import { setTimeout as delay } from "node:timers/promises";

const LIMIT_MS = 15_000;

/** Waits for a condition, and says which one when it does not come true. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`it did not happen that ${what}`);
    await delay(5);
  }
}
