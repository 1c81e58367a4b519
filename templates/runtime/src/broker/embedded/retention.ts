import type { Database } from "../../database/database.ts";

const ROWS_PER_STATEMENT = 10_000;

/**
 * Deletes records older than `ageMs`, read or not, as Kafka does: the oldest of each partition first, so that what is
 * left has no gap. One process at a time; another that comes meanwhile does nothing.
 *
 * @returns how many were deleted
 */
export async function deleteExpired(database: Database, ageMs: number): Promise<number> {
  let deleted = 0;
  for (;;) {
    const count = await database.transaction(async (tx) => {
      const { rows } = await tx.query<{ locked: boolean }>(LOCK);
      if (rows[0]?.locked !== true) return 0;
      const expired = await tx.query<{ id: number; end: bigint }>(EXPIRED, [ageMs, ROWS_PER_STATEMENT]);
      const first = expired.rows[0];
      if (first === undefined) return 0;
      // The start first: whoever looks for records below it then knows that they are gone.
      await tx.query(MOVE_START, [first.id, first.end]);
      return (await tx.query(DELETE_BELOW, [first.id, first.end])).count;
    });
    deleted += count;
    if (count === 0) return deleted;
  }
}

const LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended('eda_broker_retention', 0)) AS locked";

/**
 * A partition and the offset below which all of it is old, found from its start: what is young is not looked at. One at
 * a time, for whoever publishes to it waits until its records are deleted.
 */
const EXPIRED = `
  SELECT p.id, old.end FROM broker.partition p, LATERAL (
    SELECT max("offset") + 1 AS "end" FROM (
      SELECT "offset", written_at FROM broker.record
       WHERE partition_id = p.id AND "offset" >= p.start_offset ORDER BY "offset" LIMIT $2
    ) AS oldest
    WHERE written_at < clock_timestamp() - $1::float8 * interval '1 millisecond'
  ) AS old
  WHERE old.end IS NOT NULL ORDER BY p.id LIMIT 1`;

const MOVE_START = "UPDATE broker.partition SET start_offset = $2 WHERE id = $1 AND start_offset < $2";

const DELETE_BELOW = `DELETE FROM broker.record WHERE partition_id = $1 AND "offset" < $2`;
