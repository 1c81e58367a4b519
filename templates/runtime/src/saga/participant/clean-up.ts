import type { Database } from "../../database/database.ts";

const AT_ONCE = 10_000;
/** Clocks of senders may differ from this database's, and a command's age is told by its sender's. */
const MARGIN_MS = 24 * 3_600_000;

/**
 * Forgets what became of steps that nobody has asked about for so long that every command of theirs is refused as too
 * old (R20). What is still to be undone (R19) is kept.
 */
export async function cleanUpParticipant(database: Database, retentionMs: number, signal?: AbortSignal): Promise<void> {
  for (let count = AT_ONCE; count === AT_ONCE && signal?.aborted !== true; ) {
    ({ count } = await database.query(FORGET, [retentionMs + MARGIN_MS, AT_ONCE]));
  }
}

const FORGET = `
  DELETE FROM public.saga_participant WHERE ctid IN (
    SELECT ctid FROM public.saga_participant
    WHERE touched_at < clock_timestamp() - $1::double precision * interval '1 ms' AND NOT compensation_again
    LIMIT $2::bigint
  )`;
