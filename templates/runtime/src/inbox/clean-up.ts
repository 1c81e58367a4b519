import type { Database } from "../database/database.ts";

const AT_ONCE = 10_000;

/**
 * Forgets marks that are older than the horizon, and letters that were resolved before it. Open letters stay, whatever
 * their age. What is forgotten is recorded first: a message that comes again from before then is skipped, not handled.
 */
export async function cleanUpInbox(
  database: Database,
  consumer: string,
  horizonMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const { rows } = await database.query<{ before: string }>(
    "SELECT (clock_timestamp() - $1::double precision * interval '1 ms')::text AS before",
    [horizonMs],
  );
  const before = rows[0]!.before;
  await database.query(
    "UPDATE public.inbox_position SET forgotten_before = $2 WHERE consumer = $1 AND forgotten_before < $2",
    [consumer, before],
  );
  for (const statement of [FORGET_MARKS, FORGET_LETTERS]) {
    for (let count = AT_ONCE; count === AT_ONCE && signal?.aborted !== true; ) {
      ({ count } = await database.query(statement, [consumer, before, AT_ONCE]));
    }
  }
}

const FORGET_MARKS = `
  DELETE FROM public.inbox WHERE consumer = $1 AND message_id IN (
    SELECT message_id FROM public.inbox WHERE consumer = $1 AND decided_at < $2::timestamptz LIMIT $3::bigint
  )`;

const FORGET_LETTERS = `
  DELETE FROM public.dead_letter WHERE id IN (
    SELECT id FROM public.dead_letter WHERE consumer = $1 AND resolved_at < $2::timestamptz LIMIT $3::bigint
  )`;
