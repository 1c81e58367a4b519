import { setTimeout as delay } from "node:timers/promises";
import type { Failed } from "./attempt.ts";
import { bury } from "./bury.ts";
import { type ConsumerOptions, GiveUpError, NotYetError } from "./consumer-options.ts";
import type { Item } from "./item.ts";
import { retryPolicy } from "./retry-policy.ts";

/** Where an item is tried until it is handled or buried. */
export interface Place {
  /** Offset of the first item that stays undecided while this one is decided. */
  readonly floor: bigint | undefined;
  readonly signal: AbortSignal;
}

export type InPlace = (
  item: Item,
  attempt: () => Promise<Failed | undefined>,
  place: Place,
  /** It was by itself already when it failed first. */
  failed?: Failed,
) => Promise<void>;

/**
 * Tries one item by itself until it is handled, or until its attempts or its time are used up and it goes to the dead
 * letters. One whose time has not come is asked again, for as long as it says so.
 */
export function tryerInPlace(options: ConsumerOptions): InPlace {
  const { database, observer } = options;
  const policy = retryPolicy(options.retry);

  return async (item, attempt, { floor, signal }, failed) => {
    const limitMs = (item.message && options.triedForMs?.(item.message)) ?? Number.POSITIVE_INFINITY;
    let attempts = 0;
    let firstFailedAt = new Date();
    let since = performance.now();
    for (let last = failed ?? (await attempt()); last !== undefined; last = await attempt()) {
      const { error } = last;
      if (error instanceof NotYetError) {
        if (item.message !== undefined) observer?.notYet?.(item.message, error);
        if (error.keeping !== undefined) await database.transaction(error.keeping);
        await delay(error.afterMs, undefined, { signal });
        continue;
      }
      if (attempts++ === 0) {
        firstFailedAt = new Date();
        since = performance.now();
      }
      const leftMs = limitMs - (performance.now() - since);
      if (error instanceof GiveUpError || attempts >= policy.attempts || leftMs <= 0)
        return bury(options, item, { error, attempts, firstFailedAt }, floor);
      await policy.pause(attempts, signal, leftMs);
    }
  };
}
