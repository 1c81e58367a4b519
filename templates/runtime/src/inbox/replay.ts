import type { IncomingRecord } from "../broker/broker.ts";
import type { Database, Transaction } from "../database/database.ts";
import { isUnavailable } from "../database/errors.ts";
import type { Message } from "../message/message.ts";
import type { ConsumerOptions } from "./consumer-options.ts";
import { readItem } from "./item.ts";
import { tell } from "./letters.ts";
import { refreshMark } from "./marks.ts";
import { type RetryPolicy, retryPolicy } from "./retry-policy.ts";

type Letter = {
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

interface ParkedKey {
  readonly topic: string;
  readonly key: string;
}

/** What became of a key's first letter. */
type Step = "handled" | "drained" | "held" | { readonly letter: Letter; readonly error: unknown };

/**
 * Handles, in order, the letters of each key that an operator has set going: the replayed one, then those that waited
 * behind it. Each in one transaction with its mark, like any message. Any member of the consumer may do it; the lock of
 * the key's row decides who does. A replayed letter is tried once, one that waited as often as a new message.
 */
export function letterReplayer(options: ConsumerOptions): (signal: AbortSignal) => Promise<void> {
  const { name, database, observer } = options;
  const policy = retryPolicy(options.retry);

  return async (signal) => {
    const { rows } = await database.query<{ topic: string; key: string }>(
      "SELECT topic, key FROM public.dead_letter_key WHERE consumer = $1 AND state = 'draining' ORDER BY topic, key LIMIT 100",
      [name],
    );
    for (const key of rows) await drain(key, signal);
  };

  async function drain(key: ParkedKey, signal: AbortSignal): Promise<void> {
    let attempts = 0;
    while (!signal.aborted) {
      const outcome = await step(key);
      if (outcome === "drained" || outcome === "held") return;
      if (outcome === "handled") {
        attempts = 0;
        continue;
      }
      attempts++;
      const { letter, error } = outcome;
      if (letter.status === "replaying" || attempts >= policy.attempts) {
        await giveUp(database, name, key, letter, error, attempts);
        return;
      }
      await pause(policy, attempts, signal);
    }
  }

  async function step(key: ParkedKey): Promise<Step> {
    let current: { letter: Letter; message?: Message; since: number } | undefined;
    try {
      return await database
        .transaction(async (tx): Promise<Step> => {
          current = undefined;
          if (!(await holdKey(tx, name, key))) return "held";
          const letter = await firstLetter(tx, name, key);
          if (letter === undefined) {
            await closeKey(tx, name, key);
            return "drained";
          }
          if (letter.status === "failed") {
            await setState(tx, name, key, "failed");
            return "held";
          }
          current = { letter, since: performance.now() };
          const message = messageOf(letter);
          current.message = message;
          const handler = Object.hasOwn(options.handlers, message.type) ? options.handlers[message.type] : undefined;
          if (handler === undefined) throw new Error(`${name} has no handler of ${message.type} any more`);
          await handler(message, tx);
          await refreshMark(tx, name, message.id);
          await resolve(tx, letter.id);
          return "handled";
        })
        .then((outcome) => {
          if (outcome === "handled" && current?.message !== undefined) {
            options.onCommit?.();
            observer?.handled?.(current.message, (performance.now() - current.since) / 1000);
          }
          return outcome;
        });
    } catch (error) {
      if (isUnavailable(error) || current === undefined) throw error;
      const { letter, message, since } = current;
      if (message !== undefined) observer?.failed?.(message, error, (performance.now() - since) / 1000);
      return { letter, error };
    }
  }
}

async function pause(policy: RetryPolicy, attempts: number, signal: AbortSignal): Promise<void> {
  await policy.pause(attempts, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** Another member at work on the key is passed over. */
async function holdKey(tx: Transaction, consumer: string, { topic, key }: ParkedKey): Promise<boolean> {
  const { count } = await tx.query(
    `SELECT FROM public.dead_letter_key WHERE consumer = $1 AND topic = $2 AND key = $3 AND state = 'draining'
     FOR UPDATE SKIP LOCKED`,
    [consumer, topic, key],
  );
  return count === 1;
}

async function firstLetter(tx: Transaction, consumer: string, { topic, key }: ParkedKey): Promise<Letter | undefined> {
  const { rows } = await tx.query<Letter>(
    `SELECT id, status, topic, partition, record_offset AS "recordOffset", record_time AS "recordTime", key, payload,
            headers
     FROM public.dead_letter
     WHERE consumer = $1 AND topic = $2 AND key = $3 AND status IN ('failed', 'waiting', 'replaying')
     ORDER BY id LIMIT 1`,
    [consumer, topic, key],
  );
  return rows[0];
}

function messageOf(letter: Letter): Message {
  const record: IncomingRecord = {
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.recordOffset,
    timestamp: letter.recordTime,
    key: letter.key,
    value: letter.payload,
    headers: letter.headers,
  };
  const item = readItem(record);
  if (item.message === undefined) throw item.malformed;
  return item.message;
}

async function resolve(tx: Transaction, id: bigint): Promise<void> {
  await tx.query("UPDATE public.dead_letter SET status = 'replayed', resolved_at = clock_timestamp() WHERE id = $1", [
    id,
  ]);
}

async function closeKey(tx: Transaction, consumer: string, { topic, key }: ParkedKey): Promise<void> {
  await tx.query("DELETE FROM public.dead_letter_key WHERE consumer = $1 AND topic = $2 AND key = $3", [
    consumer,
    topic,
    key,
  ]);
}

async function setState(
  tx: Transaction,
  consumer: string,
  { topic, key }: ParkedKey,
  state: "failed" | "draining",
): Promise<void> {
  await tx.query("UPDATE public.dead_letter_key SET state = $4 WHERE consumer = $1 AND topic = $2 AND key = $3", [
    consumer,
    topic,
    key,
    state,
  ]);
}

/** The letter waits for an operator again, and its key with it. */
async function giveUp(
  database: Database,
  consumer: string,
  key: ParkedKey,
  letter: Letter,
  failure: unknown,
  attempts: number,
): Promise<void> {
  const { error, stack } = tell(failure);
  await database.transaction(async (tx) => {
    if (!(await holdKey(tx, consumer, key))) return;
    const { count } = await tx.query(
      `UPDATE public.dead_letter SET status = 'failed', attempts = attempts + $3, error = $4, stack = $5,
         first_failed_at = coalesce(first_failed_at, clock_timestamp()), last_failed_at = clock_timestamp()
       WHERE id = $1 AND status = $2`,
      [letter.id, letter.status, attempts, error, stack],
    );
    if (count === 1) await setState(tx, consumer, key, "failed");
  });
}
