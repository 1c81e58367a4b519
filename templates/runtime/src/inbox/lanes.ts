import type { Failed } from "./attempt.ts";
import type { Item } from "./item.ts";

/** An item that waits for its turn among those of its key. */
export interface Waiting {
  readonly item: Item;
  /** It was tried by itself, and failed so. */
  readonly failed?: Failed | undefined;
}

/**
 * Items of a batch that would hold up the others: by key, each key's in order, the keys side by side. Whatever follows
 * such an item with the same key joins its lane.
 */
export interface Lanes {
  has(key: string): boolean;
  add(item: Item, failed?: Failed): void;
  /** Offset of the first item in any lane: nobody may say that it is decided. */
  readonly floor: bigint | undefined;
  /** Lets every lane run to its end, or up to its first rejection, which stops the others between two items. */
  run(handle: (waiting: Waiting, stop: AbortSignal) => Promise<void>): Promise<void>;
}

export function createLanes(): Lanes {
  const lanes = new Map<string, Waiting[]>();
  let floor: bigint | undefined;
  return {
    has: (key) => lanes.has(key),
    add(item, failed) {
      const lane = lanes.get(item.key);
      if (lane === undefined) lanes.set(item.key, [{ item, failed }]);
      else lane.push({ item, failed });
      const { offset } = item.record;
      if (floor === undefined || offset < floor) floor = offset;
    },
    get floor() {
      return floor;
    },
    async run(handle) {
      const stop = new AbortController();
      const results = await Promise.allSettled(
        [...lanes.values()].map(async (lane) => {
          try {
            for (const waiting of lane) {
              stop.signal.throwIfAborted();
              await handle(waiting, stop.signal);
            }
          } catch (error) {
            stop.abort(error);
            throw error;
          }
        }),
      );
      // Only now: none of them may still be at work when the broker hands the batch over again.
      if (results.some(({ status }) => status === "rejected")) throw stop.signal.reason;
    },
  };
}

/** Lets `atOnce` of the given pieces of work run at a time, the others in the order in which they came. */
export function createSlots(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = atOnce;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
