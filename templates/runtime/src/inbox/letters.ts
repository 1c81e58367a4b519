import type { Transaction } from "../database/database.ts";
import { type Item, storableText } from "./item.ts";

export interface Failure {
  readonly error: unknown;
  readonly attempts: number;
  readonly firstFailedAt: Date;
}

/** Locks those of `keys` that have open letters, and answers them: what comes later for such a key is parked. */
export async function lockParkedKeys(
  tx: Transaction,
  consumer: string,
  topic: string,
  keys: readonly string[],
): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const { rows } = await tx.query<{ key: string }>(
    `SELECT key FROM public.dead_letter_key WHERE consumer = $1 AND topic = $2 AND key = ANY ($3::text[])
     ORDER BY key FOR UPDATE`,
    [consumer, topic, keys],
  );
  return new Set(rows.map((row) => row.key));
}

/** Opens the letters of a key, or locks them when it has some already. True: there were none, the next is the first. */
export async function openKey(tx: Transaction, consumer: string, topic: string, key: string): Promise<boolean> {
  const { rows } = await tx.query<{ opened: boolean }>(
    `INSERT INTO public.dead_letter_key AS k (consumer, topic, key, state) VALUES ($1, $2, $3, 'failed')
     ON CONFLICT (consumer, topic, key) DO UPDATE SET state = k.state
     RETURNING xmax = 0 AS opened`,
    [consumer, topic, key],
  );
  return rows[0]!.opened;
}

/** Writes a letter behind those that its key has. The caller holds the key's lock. */
export async function writeLetter(
  tx: Transaction,
  consumer: string,
  item: Item,
  status: "failed" | "waiting",
  failure?: Failure,
): Promise<void> {
  const { record, message, key } = item;
  const told = failure === undefined ? { error: null, stack: null } : tell(failure.error);
  await tx.query(
    `INSERT INTO public.dead_letter
       (consumer, message_id, type, topic, partition, record_offset, record_time, key, payload, headers, status,
        attempts, error, stack, first_failed_at, last_failed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
             CASE WHEN $15::timestamptz IS NULL THEN NULL ELSE clock_timestamp() END)`,
    [
      consumer,
      message?.id ?? null,
      message?.type ?? (record.headers.type === undefined ? null : storableText(record.headers.type)),
      record.topic,
      record.partition,
      record.offset,
      record.timestamp,
      key,
      Buffer.from(record.value),
      storableHeaders(record.headers),
      status,
      failure?.attempts ?? 0,
      told.error,
      told.stack,
      failure?.firstFailedAt ?? null,
    ],
  );
}

/** Whether a record that could not be read has a letter: it has no id that a mark could tell it by. */
export async function hasLetter(tx: Transaction, consumer: string, { record }: Item): Promise<boolean> {
  const { count } = await tx.query(
    "SELECT FROM public.dead_letter WHERE consumer = $1 AND topic = $2 AND partition = $3 AND record_offset = $4 LIMIT 1",
    [consumer, record.topic, record.partition, record.offset],
  );
  return count > 0;
}

/** An error as its letter shows it, with what caused it. */
export function tell(error: unknown): { readonly error: string; readonly stack: string | null } {
  if (!(error instanceof Error)) return { error: storableText(String(error)), stack: null };
  const stacks: string[] = [];
  for (let cause: unknown = error; cause instanceof Error && stacks.length < 5; cause = cause.cause) {
    stacks.push(cause.stack ?? cause.message);
  }
  return { error: storableText(error.message || error.name), stack: storableText(stacks.join("\ncaused by ")) };
}

function storableHeaders(headers: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [storableText(name), storableText(value)])),
  );
}
