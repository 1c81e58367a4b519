import type { IncomingRecord } from "../broker/broker.ts";
import { decodeRecord } from "../message/codec.ts";
import type { Message } from "../message/message.ts";

/** A record on its way through a consumer: a message, or why it is none. */
export type Item = {
  readonly record: IncomingRecord;
  /** As PostgreSQL can store it. */
  readonly key: string;
} & ({ readonly message: Message } | { readonly message?: never; readonly malformed: unknown });

export function readItem(record: IncomingRecord): Item {
  const key = storableText(record.key);
  try {
    return { record, key, message: decodeRecord(record) };
  } catch (malformed) {
    return { record, key, malformed };
  }
}

/** Without what PostgreSQL refuses. A record that has such characters is dead already; its letter must not fail too. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\u0000", "\ufffd");
}
