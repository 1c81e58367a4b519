import type { Database } from "../database/database.ts";
import { outboxQuery } from "./queries.ts";
import { createSettledPosition } from "./settled-position.ts";

const LOCK_SHARDS = outboxQuery("lock-shards");
const RAISE_FLOORS = outboxQuery("raise-floors");
const BLOCKED_BY_SENT = outboxQuery("blocked-by-sent");
const FREE_SENT = outboxQuery("free-sent");
const CLEAN_UP = outboxQuery("clean-up");
const CLEAN_UP_AT_ONCE = 5_000;

/**
 * What a relay does beside sending, about once a second: raises the floors, frees what is blocked for nothing, and
 * deletes what was kept long enough. Answers whether there is more to delete: then it wants to be called soon again.
 */
export function createUpkeep(database: Database, name: string, retentionMs: number): () => Promise<boolean> {
  const settledPosition = createSettledPosition(database, name);
  let raisedTo = 0n;

  return async () => {
    const settled = await settledPosition();
    const { rows } = await database.query<{ found: boolean }>(BLOCKED_BY_SENT);
    const free = rows[0]?.found === true;
    if (free || settled > raisedTo) {
      await database.transaction(async (tx) => {
        await tx.query(LOCK_SHARDS);
        if (free) await tx.query(FREE_SENT);
        await tx.query(RAISE_FLOORS, [name, settled]);
      });
      raisedTo = settled;
    }
    if (retentionMs <= 0) return false;
    const { count } = await database.query(CLEAN_UP, [retentionMs, CLEAN_UP_AT_ONCE]);
    return count === CLEAN_UP_AT_ONCE;
  };
}
