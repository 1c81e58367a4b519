import type { Database } from "../../../../templates/runtime/src/database/database.ts";

/** Resolves once a session of this database waits for a lock, or `work`, which was expected to, has ended. */
export async function waitsForLock(database: Database, work: Promise<unknown>): Promise<void> {
  let ended = false;
  const end = () => {
    ended = true;
  };
  work.then(end, end);
  while (!ended) {
    const { rows } = await database.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
  }
}
