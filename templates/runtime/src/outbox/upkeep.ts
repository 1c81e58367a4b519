import type { Database } from "../database/database.ts";
import { outboxQuery } from "./queries.ts";
import { createSettledPosition } from "./settled-position.ts";

const LOCK_SHARDS = outboxQuery("lock-shards");
const RAISE_FLOORS = outboxQuery("raise-floors");
const FREE_SENT = outboxQuery("free-sent");
const CLEAN_UP = outboxQuery("clean-up");
const CLEAN_UP_AT_ONCE = 5_000;

/** What a relay does beside sending, about once a second: raises the floors and deletes what was kept long enough. */
export function createUpkeep(database: Database, name: string, retentionMs: number): () => Promise<void> {
  const settledPosition = createSettledPosition(database);
  let raisedTo = 0n;

  return async () => {
    const settled = await settledPosition();
    if (settled > raisedTo) {
      await database.transaction(async (tx) => {
        await tx.query(LOCK_SHARDS);
        await tx.query(FREE_SENT);
        await tx.query(RAISE_FLOORS, [name, settled]);
      });
      raisedTo = settled;
    }
    if (retentionMs > 0) await database.query(CLEAN_UP, [retentionMs, CLEAN_UP_AT_ONCE]);
  };
}
