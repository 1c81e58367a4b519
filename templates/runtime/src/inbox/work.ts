import type { Transaction } from "../database/database.ts";
import type { Message } from "../message/message.ts";
import type { ConsumerOptions, ExternalHandler } from "./consumer-options.ts";
import type { Item } from "./item.ts";

/** What a consumer does with its messages: its options, read as one answer to each question. */
export interface Work {
  /** Whether an item concerns this consumer at all. A record that cannot be read might. */
  concerns(item: Item): boolean;
  /** The handler of a message that is handled by itself, outside any transaction. */
  external(message: Message): ExternalHandler | undefined;
  /** Whether `handle` takes several at once, so that a failure is not known to be one message's. */
  readonly together: boolean;
  /** Handles messages, in order, in the caller's transaction; one at a time unless `together`. */
  handle(messages: readonly Message[], tx: Transaction): Promise<void>;
}

export function workOf({ name, handlers, otherwise, handleAll, external = {} }: ConsumerOptions): Work {
  const externalOf = ({ type }: Message) => (Object.hasOwn(external, type) ? external[type] : undefined);
  const handlerOf = ({ type }: Message) => (Object.hasOwn(handlers, type) ? handlers[type] : otherwise);
  const takesAll = handleAll !== undefined && Object.keys(handlers).length === 0;
  return {
    concerns({ message }) {
      if (message === undefined || takesAll) return true;
      return externalOf(message) !== undefined || handlerOf(message) !== undefined;
    },
    external: externalOf,
    together: handleAll !== undefined,
    async handle(messages, tx) {
      if (handleAll !== undefined) return handleAll(messages, tx);
      for (const message of messages) {
        const handler = handlerOf(message);
        if (handler === undefined) throw new Error(`${name} has no handler of ${message.type} any more`);
        await handler(message, tx);
      }
    },
  };
}
