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
    messages.map((message) => JSON.stringify(message.data ?? null)),
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

function typesOf(messages: readonly OutboxMessage[]): string {
  return [...new Set(messages.map((message) => message.envelope.type))].join(", ");
}

/** U+0000 in jsonb is 22P05, half a pair 22P02, U+0000 in another text 22021. */
function unstorable(error: unknown): boolean {
  return ["22P05", "22P02", "22021"].includes(errorCode(error) ?? "");
}
