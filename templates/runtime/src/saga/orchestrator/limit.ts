import type { Database, Transaction } from "../../database/database.ts";
import { BeginAnewError, NotYetError } from "../../inbox/consumer-options.ts";
import { sharing } from "../../sharing.ts";
import { createAdmitted } from "./admitted.ts";
import { sagaQuery } from "./queries.ts";

const IN_FLIGHT = sagaQuery("in-flight");
const LOOK_AGAIN_MS = 250;
/**
 * While more than half of the limit is free, so many transactions begin sagas side by side, each at most that part of
 * the other half: together they stay below the limit, although none sees what the others begin. Any more take turns.
 */
const SIDE_BY_SIDE = 16;

/** R20: sagas of a name that are in flight at once, stuck ones not counted. */
export interface InFlightLimit {
  /** How many of `wanted` may begin, at least one; waits while none may. */
  admit(wanted: number, signal: AbortSignal): Promise<number>;
  /**
   * The same, decided, to the end of the transaction: near the limit it holds off others that begin sagas of the name.
   * @throws NotYetError when `fresh` more would be too many
   */
  reserve(tx: Transaction, fresh: number): Promise<void>;
  /** What had been admitted is decided: it has begun, or never will. */
  decided(): void;
  /** One of them has ended, or is stuck. */
  ended(): void;
}

export function createInFlightLimit(database: Database, saga: string, limit: number): InFlightLimit {
  const waiting = new Set<() => void>();
  const half = limit / 2;
  const share = Math.floor(half / SIDE_BY_SIDE);
  let isNear = true;

  const admitted = createAdmitted();
  const look = sharing(async (calls: readonly "look"[]) => {
    const free = await room(database);
    return calls.map(() => free);
  });

  async function room(query: Pick<Transaction, "query">): Promise<number> {
    const { rows } = await query.query<{ count: number }>(IN_FLIGHT, [saga, limit]);
    return limit - (rows[0]?.count ?? 0);
  }

  return {
    async admit(wanted, signal) {
      for (;;) {
        signal.throwIfAborted();
        // Far from the limit the look can wait: `reserve` counts, and says when it comes near.
        if (!isNear) return Math.min(wanted, share);
        const free = await look("look");
        isNear = share === 0 || free - share < half;
        if (!isNear) return Math.min(wanted, share);
        // Told to others of this process, and not begun yet: were it given twice, most would have to come again.
        const open = free - admitted.sum();
        if (open > 0) return admitted.add(Math.min(wanted, open));
        await nextEnd(signal);
      }
    },

    async reserve(tx, fresh) {
      if (fresh === 0) return;
      const alone = isNear || fresh > share;
      // A statement of its own: the count must see what the one before has committed.
      const { rows } = await tx.query(alone ? LOCK_ALL : LOCK_PLACE, [saga]);
      const free = await room(tx);
      if (!alone && (rows.length === 0 || free - fresh < half)) {
        isNear = true;
        // The transaction waits for its turn this time.
        throw new BeginAnewError(`sagas of ${saga} come near their limit`);
      }
      if (fresh > free) {
        throw new NotYetError(`${fresh} more sagas of ${saga} would be over the limit of ${limit}`, LOOK_AGAIN_MS);
      }
    },

    decided: admitted.decided,

    ended() {
      for (const wake of waiting) wake();
    },
  };

  /** Until one ends in this process, or it is time to look what others have done. */
  async function nextEnd(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_AGAIN_MS);
    const wake = () => resolve();
    waiting.add(wake);
    signal.addEventListener("abort", wake);
    await promise;
    waiting.delete(wake);
    // A batch may wait here for hours.
    signal.removeEventListener("abort", wake);
    clearTimeout(timer);
  }
}

const LOCK_ALL = "SELECT pg_advisory_xact_lock(hashtextextended('saga limit ' || $1, 0))";
/** A row, where there is a place left beside the others. */
const LOCK_PLACE = `SELECT pg_advisory_xact_lock_shared(hashtextextended('saga limit ' || $1, 0))
  FROM generate_series(1, ${SIDE_BY_SIDE}) AS place
  WHERE pg_try_advisory_xact_lock(hashtextextended('saga limit ' || $1, place)) LIMIT 1`;
