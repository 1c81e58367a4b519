import type { System } from "../_system/system.ts";

export interface UnprotectedPublisher {
  readonly service: string;
  /** What makes it a publisher: `publishes OrderPlaced`. */
  readonly because: string;
}

/** Services whose messages would leave outside the transaction that they belong to. */
export function* publishersWithoutOutbox(system: System): Iterable<UnprotectedPublisher> {
  const hosted = new Map(system.sagas.map((saga) => [saga.service, saga.name]));
  for (const { name, events, outbox } of system.services) {
    if (outbox) continue;
    const [first, ...rest] = events;
    const saga = hosted.get(name);
    if (first) {
      const others = rest.length === 0 ? "" : ` and ${rest.length} more`;
      yield { service: name, because: `publishes ${first.name}${others}` };
    } else if (saga !== undefined) {
      yield { service: name, because: `hosts saga ${saga}` };
    }
  }
}
