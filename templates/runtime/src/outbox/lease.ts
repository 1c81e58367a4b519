import type { Database } from "../database/database.ts";
import { outboxQuery } from "./queries.ts";

const BEAT = outboxQuery("beat");
const RENEW = outboxQuery("renew");
const TAKE = outboxQuery("take");
const RELEASE = outboxQuery("release");
const LEAVE = outboxQuery("leave");

/**
 * A relay's share of the shards: each relay that is alive holds about as many as any other. The database's clock decides
 * who owns what. This side only knows when it should stop believing, by its own monotonic clock, which runs on while the
 * process is paused; believing a moment too long costs duplicates, never order (see relay.ts).
 */
export interface Lease {
  /** Renews, takes what is free up to a fair share. Call it several times within a lease. */
  beat(): Promise<void>;
  /** Gives up what is more than a fair share. Call it when nothing is being sent. */
  level(): Promise<void>;
  /** Gives everything up. */
  leave(): Promise<void>;
  /** Whether the last beat is recent enough for the shards to be still this relay's. */
  holds(): boolean;
  /** The shards held, in order. */
  readonly shards: readonly number[];
}

type Owned = { readonly shard: number; readonly token: bigint };

export function createLease(
  database: Database,
  name: string,
  leaseMs: number,
  now: () => number = () => performance.now(),
): Lease {
  let shards: readonly number[] = [];
  let fairShare = Number.POSITIVE_INFINITY;
  let until = Number.NEGATIVE_INFINITY;

  return {
    async beat() {
      // Measured from before the statements: the database's lease ends later than this.
      const asked = now();
      const owned = await database.transaction(async (tx) => {
        const { rows } = await tx.query<{ alive: number; shards: number }>(BEAT, [name, leaseMs]);
        const counted = rows[0] ?? { alive: 1, shards: 0 };
        fairShare = Math.ceil(counted.shards / counted.alive);
        const kept = (await tx.query<Owned>(RENEW, [name, leaseMs])).rows;
        if (kept.length >= fairShare) return kept;
        const taken = await tx.query<Owned>(TAKE, [name, leaseMs, fairShare - kept.length]);
        return [...kept, ...taken.rows];
      });
      shards = owned.map((row) => row.shard).sort((a, b) => a - b);
      until = asked + leaseMs;
    },

    async level() {
      if (shards.length <= fairShare) return;
      const surplus = shards.slice(fairShare);
      await database.query(RELEASE, [name, surplus]);
      shards = shards.slice(0, fairShare);
    },

    async leave() {
      shards = [];
      until = Number.NEGATIVE_INFINITY;
      await database.query(LEAVE, [name]);
    },

    holds: () => now() < until,
    get shards() {
      return shards;
    },
  };
}
