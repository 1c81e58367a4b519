import { randomUUID } from "node:crypto";
import type { Batch, IncomingRecord } from "../../../../templates/runtime/src/broker/broker.ts";
import type { ConsumerObserver } from "../../../../templates/runtime/src/inbox/consumer-options.ts";
import { encodeRecord } from "../../../../templates/runtime/src/message/codec.ts";

export const topic = "orders.order.events";

/** A record as a relay would have published it: `key` happened for the `version`-th time. */
export function delivered(
  key: string,
  version: number,
  at: { offset: bigint; id?: string; type?: string; timestamp?: Date },
): IncomingRecord {
  const envelope = {
    id: at.id ?? randomUUID(),
    type: at.type ?? "orders.OrderChanged",
    source: "/orders",
    subject: key,
    time: "2026-01-01T00:00:00.000Z",
    correlationid: "c",
  };
  return {
    ...encodeRecord(envelope, topic, key, { orderId: key, version }),
    partition: 0,
    offset: at.offset,
    timestamp: at.timestamp ?? new Date(),
  };
}

/** Numbers records from `first` on: `["a", 1], ["b", 1]`. */
export function deliveries(first: bigint, ...versions: [key: string, version: number][]): IncomingRecord[] {
  return versions.map(([key, version], index) => delivered(key, version, { offset: first + BigInt(index) }));
}

export interface TestBatch extends Batch {
  readonly commits: bigint[];
}

export function batchOf(records: readonly IncomingRecord[], signal = new AbortController().signal): TestBatch {
  const commits: bigint[] = [];
  return {
    topic: records[0]!.topic,
    partition: records[0]!.partition,
    records,
    signal,
    commits,
    async commit(next) {
      commits.push(next);
    },
  };
}

/** Notes what an observer hears, one word each: `handled a1`, `duplicate a1`, `dead bad`. */
export function noting(): { readonly notes: string[]; readonly observer: ConsumerObserver } {
  const notes: string[] = [];
  const name = (message: { key: string; data: unknown }) =>
    `${message.key}${(message.data as { version: number }).version}`;
  return {
    notes,
    observer: {
      handled: (message) => void notes.push(`handled ${name(message)}`),
      duplicate: (message) => void notes.push(`duplicate ${name(message)}`),
      failed: (message) => void notes.push(`failed ${name(message)}`),
      forgotten: (message) => void notes.push(`forgotten ${name(message)}`),
      parked: (message) => void notes.push(`parked ${message.key}`),
      deadLettered: (letter) => void notes.push(`dead ${letter.key}`),
    },
  };
}
