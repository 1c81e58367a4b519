import { randomUUID } from "node:crypto";
import type { Broker } from "../broker/broker.ts";
import { decodeRecord } from "../message/codec.ts";
import type { Message } from "../message/message.ts";
import type { FaultedService } from "./services.ts";

/** Every event that the services publish, in a list that grows; what a relay sends twice stands in it twice. */
export async function watchTopics(broker: Broker, services: readonly FaultedService[]): Promise<readonly Message[]> {
  const known = new Set(services.flatMap(({ definition }) => definition.topics.map(({ name }) => name)));
  const topics = services.map(({ definition }) => definition.eventsTopic).filter((topic) => known.has(topic));
  const seen: Message[] = [];
  if (topics.length === 0) return seen;
  await broker.subscribe({ group: `faults ${randomUUID()}`, topics, from: "earliest" }, async ({ records }) => {
    seen.push(...records.map(decodeRecord));
  });
  return seen;
}
