import type { Broker } from "../../templates/runtime/src/broker/broker.ts";
import { createEmbeddedBroker } from "../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { decodeRecord } from "../../templates/runtime/src/message/codec.ts";
import type { Message } from "../../templates/runtime/src/message/message.ts";

export interface Watch {
  /** Every message that has been on the topics, in the order seen, duplicates too. */
  readonly seen: readonly Message[];
  /** Called for each message from now on. */
  onMessage(listener: ((message: Message) => void) | undefined): void;
  close(): Promise<void>;
}

/** Reads along on every topic, as a consumer group of its own. */
export async function watchTopics(brokerUrl: string, topics: readonly string[]): Promise<Watch> {
  const broker: Broker = await createEmbeddedBroker({ url: brokerUrl, applicationName: "the demo" });
  const seen: Message[] = [];
  let listener: ((message: Message) => void) | undefined;
  await broker.subscribe({ group: "demo", topics, from: "earliest" }, async ({ records }) => {
    for (const message of records.map(decodeRecord)) {
      seen.push(message);
      listener?.(message);
    }
  });
  return {
    seen,
    onMessage: (next) => {
      listener = next;
    },
    close: () => broker.close(),
  };
}
