import { errorCode } from "../database/errors.ts";
import { messageId } from "./message-id.ts";
import type { InsertMessages, OutboxMessage } from "./outbox.ts";
import { outboxQuery } from "./queries.ts";

const INSERT = outboxQuery("insert");

/** The data holds what PostgreSQL's jsonb cannot: the character U+0000, or half of a surrogate pair. */
export class UnstorableMessageError extends Error {
  constructor(types: string, cause: unknown) {
    super(
      `the data of ${types} cannot be stored: ${cause instanceof Error ? cause.message : cause}. ` +
        "Check texts for U+0000 and for broken surrogate pairs where they come in.",
      { cause },
    );
    this.name = "UnstorableMessageError";
  }
}

/** What brokers take: Kafka refuses more than 1 MiB unless told otherwise, headers included. */
const LARGEST_DATA_BYTES = 1_000_000;

/** No broker would take the message, and its aggregate's later ones would wait behind it for good. */
export class MessageTooLargeError extends Error {
  constructor(type: string, bytes: number) {
    super(
      `the data of ${type} has ${bytes} bytes, and a message may have ${LARGEST_DATA_BYTES}. ` +
        "Keep what is large elsewhere, and publish where it is.",
    );
    this.name = "MessageTooLargeError";
  }
}

/**
 * The one way to publish. One statement whatever the number of messages; answers their ids. The ids are minted here and
 * never again, so that everything sent twice later on, by whichever relay, is recognised by its consumers.
 */
export const insertMessages: InsertMessages = async (tx, messages) => {
  if (messages.length === 0) return [];
  const time = new Date().toISOString();
  const ids = messages.map((message) => message.envelope.id ?? messageId());
  const values = [
    ids,
    messages.map((message) => message.aggregateType),
    messages.map((message) => message.key),
    messages.map((message) => message.envelope.type),
    messages.map(dataOf),
    messages.map((message) => message.topic),
    messages.map((message, index) => JSON.stringify({ ...message.envelope, id: ids[index], time })),
  ];
  try {
    await tx.query(INSERT, values);
  } catch (error) {
    throw unstorable(error) ? new UnstorableMessageError(typesOf(messages), error) : error;
  }
  return ids;
};

function dataOf({ data, envelope }: OutboxMessage): string {
  const text = JSON.stringify(data ?? null);
  if (text.length > LARGEST_DATA_BYTES / 4) {
    // The broker gets jsonb's text, which has a space behind each colon and comma; those within texts count here too.
    const bytes = Buffer.byteLength(text) + (text.match(/[,:]/g)?.length ?? 0);
    if (bytes > LARGEST_DATA_BYTES) throw new MessageTooLargeError(envelope.type, bytes);
  }
  return text;
}

function typesOf(messages: readonly OutboxMessage[]): string {
  return [...new Set(messages.map((message) => message.envelope.type))].join(", ");
}

/** U+0000 in jsonb is 22P05, half a pair 22P02, U+0000 in another text 22021. */
function unstorable(error: unknown): boolean {
  return ["22P05", "22P02", "22021"].includes(errorCode(error) ?? "");
}
