import type { OutboxRow } from "./outbox.ts";
import { outboxQuery } from "./queries.ts";
import type { RelayOptions } from "./relay-options.ts";
import { type Sent, send } from "./send.ts";

const CLAIM = outboxQuery("claim");
const MARK_PUBLISHED = outboxQuery("mark-published");
const RECORD_FAILURE = outboxQuery("record-failure");

export interface Pass {
  readonly claimed: number;
  readonly acknowledged: number;
  readonly outage?: unknown;
}

/**
 * Claim, send, mark: three steps, none of which holds a transaction open while the broker is asked. A crash between
 * send and mark sends the same rows with the same ids again; nothing that is not acknowledged is ever marked.
 *
 * Why order holds, also when a paused relay wakes up with a batch in its hands: a batch begins at the first row of an
 * aggregate that is not marked, so all before it has been sent, and it is sent in order. Hence whoever sends a row, the
 * ones before it were sent earlier; what a woken relay adds are later copies.
 */
export async function relayPass(options: RelayOptions, name: string, mayGoOn: () => boolean): Promise<Pass> {
  const { database, broker, observer } = options;
  const claimedAt = new Date();
  const began = performance.now();
  const batch = [name, options.batch ?? 500, options.batchBytes ?? 4 << 20];
  const { rows } = await database.query<OutboxRow & Record<string, unknown>>(CLAIM, batch);
  if (rows.length === 0) return { claimed: 0, acknowledged: 0 };
  const sent = await send(broker, rows, { timeoutMs: options.sendTimeoutMs ?? 30_000, mayGoOn });
  await markPublished(options, sent.acknowledged);
  if (sent.acknowledged.length > 0) {
    observer?.published?.(sent.acknowledged.length, (performance.now() - began) / 1000);
    observer?.sent?.(sent.acknowledged, claimedAt);
  }
  for (const refused of sent.refused) await recordFailure(options, refused);
  const pass = { claimed: rows.length, acknowledged: sent.acknowledged.length };
  return sent.outage === undefined ? pass : { ...pass, outage: sent.outage };
}

async function markPublished(options: RelayOptions, rows: readonly OutboxRow[]): Promise<void> {
  if (rows.length === 0) return;
  const values = [rows.map((row) => row.id), (options.retentionMs ?? 0) > 0];
  const { onPublished } = options;
  if (onPublished === undefined) {
    await options.database.query(MARK_PUBLISHED, values);
    return;
  }
  await options.database.transaction(async (tx) => {
    const marked = new Set((await tx.query<{ id: string }>(MARK_PUBLISHED, values)).rows.map((row) => row.id));
    await onPublished(
      tx,
      rows.filter((row) => marked.has(row.id)).map((row) => row.id),
    );
  });
}

async function recordFailure(options: RelayOptions, { row, error }: Sent["refused"][number]): Promise<void> {
  const { attempts = 10, initialMs = 500, maxMs = 60_000 } = options.retry ?? {};
  const reason = error instanceof Error ? error.message : String(error);
  const { rows } = await options.database.query<{ attempts: number; parked: boolean }>(RECORD_FAILURE, [
    row.id,
    row.token,
    reason,
    attempts,
    initialMs,
    maxMs,
  ]);
  const counted = rows[0];
  if (counted === undefined) return;
  options.observer?.refused?.({ messageId: row.id, topic: row.topic, key: row.key, error, ...counted });
}
