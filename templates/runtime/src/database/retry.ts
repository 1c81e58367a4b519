import { setTimeout as delay } from "node:timers/promises";
import { mayBeRetried } from "./errors.ts";

const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Runs `work` again while PostgreSQL says that another run may succeed, `attempts` times at most. The pause doubles
 * and is drawn at random below that, so that two that have collided do not collide again in step.
 */
export async function withRetries<T>(attempts: number, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !mayBeRetried(error)) throw error;
      await delay(Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
    }
  }
}
