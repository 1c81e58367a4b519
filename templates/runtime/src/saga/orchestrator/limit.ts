import type { Database, Transaction } from "../../database/database.ts";
import { NotYetError } from "../../inbox/consumer-options.ts";
import { sagaQuery } from "./queries.ts";

const IN_FLIGHT = sagaQuery("in-flight");
const LOOK_AGAIN_MS = 250;

/** R20: sagas of a name that are in flight at once, stuck ones not counted. */
export interface InFlightLimit {
  /** How many of `wanted` may begin, at least one; waits while none may. */
  admit(wanted: number, signal: AbortSignal): Promise<number>;
  /**
   * The same, decided: holds off others that begin sagas of the name, to the end of the transaction.
   * @throws NotYetError when `fresh` more would be too many
   */
  reserve(tx: Transaction, fresh: number): Promise<void>;
  /** One of them has ended, or is stuck. */
  ended(): void;
}

export function createInFlightLimit(database: Database, saga: string, limit: number): InFlightLimit {
  const waiting = new Set<() => void>();

  async function room(query: Pick<Transaction, "query">): Promise<number> {
    const { rows } = await query.query<{ count: number }>(IN_FLIGHT, [saga, limit]);
    return limit - (rows[0]?.count ?? 0);
  }

  return {
    async admit(wanted, signal) {
      for (;;) {
        signal.throwIfAborted();
        const free = await room(database);
        if (free > 0) return Math.min(wanted, free);
        await nextEnd(signal);
      }
    },

    async reserve(tx, fresh) {
      if (fresh === 0) return;
      // A statement of its own: the count must see what the one before has committed.
      await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('saga limit ' || $1, 0))", [saga]);
      const free = await room(tx);
      if (fresh > free) {
        throw new NotYetError(`${fresh} more sagas of ${saga} would be over the limit of ${limit}`, LOOK_AGAIN_MS);
      }
    },

    ended() {
      for (const wake of waiting) wake();
    },
  };

  /** Until one ends in this process, or it is time to look what others have done. */
  async function nextEnd(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_AGAIN_MS);
    waiting.add(resolve);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    waiting.delete(resolve);
    clearTimeout(timer);
  }
}
