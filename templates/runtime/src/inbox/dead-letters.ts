import type { Database, Transaction } from "../database/database.ts";
import { DeadLetterCountError, DeadLetterNotFoundError, DeadLetterStateError } from "./dead-letter-errors.ts";

/**
 * `failed` waits for an operator; `waiting` is behind an earlier letter of its key; `replaying` is about to be handled
 * by its consumer; `replayed` and `discarded` are over.
 */
export type DeadLetterStatus = "failed" | "waiting" | "replaying" | "replayed" | "discarded";

export interface DeadLetterSummary {
  readonly id: bigint;
  readonly consumer: string;
  /** Both null when the record could not be read and does not say. */
  readonly messageId: string | null;
  readonly type: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly status: DeadLetterStatus;
  readonly attempts: number;
  readonly error: string | null;
  readonly firstFailedAt: Date | null;
  readonly lastFailedAt: Date | null;
  readonly createdAt: Date;
}

export interface DeadLetter extends DeadLetterSummary {
  readonly stack: string | null;
  readonly payload: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly resolvedAt: Date | null;
  readonly reason: string | null;
}

/** What is left out matches everything. */
export interface DeadLetterFilter {
  readonly consumer?: string;
  readonly type?: string;
  readonly topic?: string;
  readonly key?: string;
  /** Default: those that are open. */
  readonly status?: DeadLetterStatus;
}

const SUMMARY = `id, consumer, message_id AS "messageId", type, topic, partition, record_offset AS "offset", key, status,
  attempts, error, first_failed_at AS "firstFailedAt", last_failed_at AS "lastFailedAt", created_at AS "createdAt"`;

const MATCHING = `($1::text IS NULL OR consumer = $1) AND ($2::text IS NULL OR type = $2)
  AND ($3::text IS NULL OR topic = $3) AND ($4::text IS NULL OR key = $4)
  AND CASE WHEN $5::text IS NULL THEN status IN ('failed', 'waiting', 'replaying') ELSE status = $5 END`;

function filterValues(filter: DeadLetterFilter): unknown[] {
  return [filter.consumer, filter.type, filter.topic, filter.key, filter.status].map((value) => value ?? null);
}

/** Oldest first; `after` is the id of the last one seen, `limit` 100 by default. */
export async function listDeadLetters(
  database: Pick<Database, "query">,
  filter: DeadLetterFilter = {},
  page: { readonly limit?: number; readonly after?: bigint } = {},
): Promise<readonly DeadLetterSummary[]> {
  const { rows } = await database.query<DeadLetterSummary & Record<string, unknown>>(
    `SELECT ${SUMMARY} FROM public.dead_letter WHERE ${MATCHING} AND id > $6 ORDER BY id LIMIT $7`,
    [...filterValues(filter), page.after ?? 0n, page.limit ?? 100],
  );
  return rows;
}

export async function countDeadLetters(
  database: Pick<Database, "query">,
  filter: DeadLetterFilter = {},
): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM public.dead_letter WHERE ${MATCHING}`,
    filterValues(filter),
  );
  return rows[0]?.count ?? 0;
}

/** @throws DeadLetterNotFoundError */
export async function showDeadLetter(database: Pick<Database, "query">, id: bigint): Promise<DeadLetter> {
  const { rows } = await database.query<DeadLetter & Record<string, unknown>>(
    `SELECT ${SUMMARY}, stack, payload, headers, resolved_at AS "resolvedAt", reason
     FROM public.dead_letter WHERE id = $1`,
    [id],
  );
  if (rows[0] === undefined) throw new DeadLetterNotFoundError(id);
  return rows[0];
}

/**
 * Asks the letter's consumer, and no other, to handle it once more, and then those that wait behind it. The running
 * consumer does that soon; this does not wait for it. Asking twice is asking once.
 *
 * @throws DeadLetterNotFoundError
 * @throws DeadLetterStateError when it waits behind another letter, or was discarded
 */
export async function replayDeadLetter(database: Database, id: bigint): Promise<DeadLetterStatus> {
  return database.transaction(async (tx) => {
    const letter = await lockLetter(tx, id);
    if (letter.status === "replaying" || letter.status === "replayed") return letter.status;
    if (letter.status === "discarded") throw new DeadLetterStateError(id, "it was discarded, and stays so");
    if (letter.status === "waiting") throw new DeadLetterStateError(id, await behind(tx, letter));
    await tx.query("UPDATE public.dead_letter SET status = 'replaying' WHERE id = $1", [id]);
    await drainKey(tx, letter);
    return "replaying";
  });
}

/**
 * Gives a letter up for good. When it was the first of its key, those that wait behind it go on. Asking twice is asking
 * once.
 *
 * @throws DeadLetterNotFoundError
 * @throws DeadLetterStateError when it has been handled
 */
export async function discardDeadLetter(database: Database, id: bigint, reason: string): Promise<DeadLetterStatus> {
  return database.transaction(async (tx) => {
    const letter = await lockLetter(tx, id);
    if (letter.status === "discarded") return letter.status;
    if (letter.status === "replayed") throw new DeadLetterStateError(id, "it has been handled");
    await tx.query(
      "UPDATE public.dead_letter SET status = 'discarded', reason = $2, resolved_at = clock_timestamp() WHERE id = $1",
      [id, reason],
    );
    if (letter.status !== "waiting") await drainKey(tx, letter);
    return "discarded";
  });
}

/**
 * Replays every failed letter that matches, if as many letters match as the operator has seen; those that wait follow.
 * Answers how many match.
 *
 * @throws DeadLetterCountError
 */
export async function replayDeadLetters(
  database: Database,
  filter: DeadLetterFilter,
  expected: number,
): Promise<number> {
  const letters = await matching(database, filter, expected);
  for (const { id, status } of letters) if (status === "failed") await unlessOver(replayDeadLetter(database, id));
  return letters.length;
}

/**
 * Discards every letter that matches, if as many match as the operator has seen. Answers how many.
 *
 * @throws DeadLetterCountError
 */
export async function discardDeadLetters(
  database: Database,
  filter: DeadLetterFilter,
  expected: number,
  reason: string,
): Promise<number> {
  const letters = await matching(database, filter, expected);
  // Last first: one that waits must not be handled because the one before it is already gone.
  for (const { id } of letters.toReversed()) await unlessOver(discardDeadLetter(database, id, reason));
  return letters.length;
}

/** Somebody else may have decided about a letter since they were counted: that is no failure of the others. */
async function unlessOver(deciding: Promise<unknown>): Promise<void> {
  await deciding.catch((error: unknown) => {
    if (!(error instanceof DeadLetterStateError)) throw error;
  });
}

async function matching(database: Database, filter: DeadLetterFilter, expected: number) {
  const { rows } = await database.query<{ id: bigint; status: DeadLetterStatus }>(
    `SELECT id, status FROM public.dead_letter WHERE ${MATCHING} ORDER BY id`,
    filterValues(filter),
  );
  if (rows.length !== expected) throw new DeadLetterCountError(expected, rows.length);
  return rows;
}

type Locked = {
  readonly id: bigint;
  readonly consumer: string;
  readonly topic: string;
  readonly key: string;
  readonly status: DeadLetterStatus;
};

const LOCKED = "SELECT id, consumer, topic, key, status FROM public.dead_letter WHERE id = $1";

/** The key's row first, as everybody who touches its letters does; then the letter is read as it is now. */
async function lockLetter(tx: Transaction, id: bigint): Promise<Locked> {
  const found = (await tx.query<Locked>(LOCKED, [id])).rows[0];
  if (found === undefined) throw new DeadLetterNotFoundError(id);
  await tx.query("SELECT FROM public.dead_letter_key WHERE consumer = $1 AND topic = $2 AND key = $3 FOR UPDATE", [
    found.consumer,
    found.topic,
    found.key,
  ]);
  // Its own lock too: a letter that no key's row stands for may be on its way just now.
  const letter = (await tx.query<Locked>(`${LOCKED} FOR UPDATE`, [id])).rows[0];
  if (letter === undefined) throw new DeadLetterNotFoundError(id);
  return letter;
}

async function drainKey(tx: Transaction, { consumer, topic, key }: Locked): Promise<void> {
  await tx.query(
    "UPDATE public.dead_letter_key SET state = 'draining' WHERE consumer = $1 AND topic = $2 AND key = $3",
    [consumer, topic, key],
  );
}

async function behind(tx: Transaction, letter: Locked): Promise<string> {
  const { rows } = await tx.query<{ id: bigint }>(
    `SELECT min(id) AS id FROM public.dead_letter
     WHERE consumer = $1 AND topic = $2 AND key = $3 AND status IN ('failed', 'waiting', 'replaying')`,
    [letter.consumer, letter.topic, letter.key],
  );
  return `it waits behind dead letter ${rows[0]?.id} of the same key: replay or discard that one`;
}
