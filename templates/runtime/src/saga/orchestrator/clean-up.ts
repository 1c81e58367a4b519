import type { Database } from "../../database/database.ts";
import { sagaQuery } from "./queries.ts";

const CLEAN_UP = sagaQuery("clean-up");
const AT_ONCE = 1_000;

/**
 * Forgets sagas that ended longer ago than `retentionMs`, with logs and timers. Longer than the inbox's horizon: until
 * then the row keeps a trigger that comes again from beginning a second saga (R20). Answers how many.
 */
export async function cleanUpSagas(database: Database, retentionMs: number, signal?: AbortSignal): Promise<number> {
  let total = 0;
  for (let count = AT_ONCE; count === AT_ONCE && signal?.aborted !== true; total += count) {
    count = (await database.query<{ count: number }>(CLEAN_UP, [retentionMs, AT_ONCE])).rows[0]?.count ?? 0;
  }
  return total;
}
