import type { Transaction } from "../database/database.ts";

export type Letter = {
  readonly id: bigint;
  readonly status: "failed" | "waiting" | "replaying";
  readonly topic: string;
  readonly partition: number;
  readonly recordOffset: bigint;
  readonly recordTime: Date;
  readonly key: string;
  readonly payload: Uint8Array;
  readonly headers: Record<string, string>;
};

/** Letters that an operator has set going, in order: those of one key, or one that stands by itself. */
export interface LetterQueue {
  /** Locks it for this transaction. False: another member is at work on it, or there is nothing left to do. */
  hold(tx: Transaction): Promise<boolean>;
  first(tx: Transaction): Promise<Letter | undefined>;
  /** Its letters are all resolved. */
  close(tx: Transaction): Promise<void>;
  /** Its first letter waits for an operator again. */
  stop(tx: Transaction): Promise<void>;
}

const LETTER = `id, status, topic, partition, record_offset AS "recordOffset", record_time AS "recordTime", key, payload,
  headers`;

/** What the consumer's letters have to do: first keys that are being drained, then letters of no such key. */
export async function queuesToDrain(query: Transaction["query"], consumer: string): Promise<readonly LetterQueue[]> {
  const keys = await query<{ topic: string; key: string }>(
    "SELECT topic, key FROM public.dead_letter_key WHERE consumer = $1 AND state = 'draining' ORDER BY topic, key LIMIT 100",
    [consumer],
  );
  // Of a consumer whose messages wait for no letter, a saga's: they have no key to drain.
  const letters = await query<{ id: bigint }>(
    `SELECT id FROM public.dead_letter l WHERE consumer = $1 AND status = 'replaying' AND NOT EXISTS (
       SELECT FROM public.dead_letter_key k WHERE k.consumer = l.consumer AND k.topic = l.topic AND k.key = l.key
     ) ORDER BY id LIMIT 100`,
    [consumer],
  );
  return [
    ...keys.rows.map(({ topic, key }) => lettersOfKey(consumer, topic, key)),
    ...letters.rows.map(({ id }) => singleLetter(id)),
  ];
}

function lettersOfKey(consumer: string, topic: string, key: string): LetterQueue {
  const name = [consumer, topic, key];
  return {
    async hold(tx) {
      const { count } = await tx.query(
        `SELECT FROM public.dead_letter_key WHERE consumer = $1 AND topic = $2 AND key = $3 AND state = 'draining'
         FOR UPDATE SKIP LOCKED`,
        name,
      );
      return count === 1;
    },
    async first(tx) {
      const { rows } = await tx.query<Letter>(
        `SELECT ${LETTER} FROM public.dead_letter
         WHERE consumer = $1 AND topic = $2 AND key = $3 AND status IN ('failed', 'waiting', 'replaying')
         ORDER BY id LIMIT 1`,
        name,
      );
      return rows[0];
    },
    async close(tx) {
      await tx.query("DELETE FROM public.dead_letter_key WHERE consumer = $1 AND topic = $2 AND key = $3", name);
    },
    async stop(tx) {
      await tx.query(
        "UPDATE public.dead_letter_key SET state = 'failed' WHERE consumer = $1 AND topic = $2 AND key = $3",
        name,
      );
    },
  };
}

function singleLetter(id: bigint): LetterQueue {
  const locked = async (tx: Transaction) =>
    (
      await tx.query<Letter>(
        `SELECT ${LETTER} FROM public.dead_letter WHERE id = $1 AND status = 'replaying' FOR UPDATE SKIP LOCKED`,
        [id],
      )
    ).rows[0];
  return {
    hold: async (tx) => (await locked(tx)) !== undefined,
    first: locked,
    async close() {},
    async stop() {},
  };
}

/** Ends a letter that its consumer has handled. False: it had ended before. */
export async function resolve(tx: Transaction, { id, status }: Letter): Promise<boolean> {
  const { count } = await tx.query(
    "UPDATE public.dead_letter SET status = 'replayed', resolved_at = clock_timestamp() WHERE id = $1 AND status = $2",
    [id, status],
  );
  return count === 1;
}

/** The letter waits for an operator again. False: it had ended before. */
export async function failAgain(
  tx: Transaction,
  { id, status }: Letter,
  attempts: number,
  told: { readonly error: string; readonly stack: string | null },
): Promise<boolean> {
  const { count } = await tx.query(
    `UPDATE public.dead_letter SET status = 'failed', attempts = attempts + $3, error = $4, stack = $5,
       first_failed_at = coalesce(first_failed_at, clock_timestamp()), last_failed_at = clock_timestamp()
     WHERE id = $1 AND status = $2`,
    [id, status, attempts, told.error, told.stack],
  );
  return count === 1;
}
