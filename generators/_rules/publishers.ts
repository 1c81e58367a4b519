import type { System } from "../_system/system.ts";

export interface UnprotectedPublisher {
  readonly service: string;
  /** What makes it a publisher: `publishes events`. */
  readonly because: string;
}

/** Services whose messages would leave outside the transaction that they belong to. */
export function* publishersWithoutOutbox(system: System): Iterable<UnprotectedPublisher> {
  const hosted = new Map(system.sagas.map((saga) => [saga.service, saga.name]));
  for (const { name, events, outbox } of system.services) {
    if (outbox) continue;
    const saga = hosted.get(name);
    if (events.length > 0) {
      yield { service: name, because: "publishes events" };
    } else if (saga !== undefined) {
      yield { service: name, because: `hosts saga ${saga}` };
    }
  }
}
