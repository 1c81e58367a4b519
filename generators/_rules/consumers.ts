import type { EventRef } from "../_system/system.ts";
import type { RuleContext } from "./rule.ts";
import { sagaTraffic } from "./saga-traffic.ts";

/** An event of a service that nobody consumes and that is not marked `external`. */
export interface UnconsumedEvent {
  readonly service: string;
  readonly event: string;
}

/**
 * Events without a consumer: no subscription, read model, stream application or saga names them.
 * Empty while a saga's definition cannot be read, since that saga may be the consumer.
 */
export function* unconsumedEvents(context: RuleContext): Iterable<UnconsumedEvent> {
  const { system } = context;
  const sagas = sagaTraffic(context);
  if (!sagas.complete) return;
  const consumed = new Set(sagas.sagas.flatMap((saga) => saga.consumes));
  const consume = (ref: EventRef) => consumed.add(`${ref.service}.${ref.event}`);
  for (const service of system.services) service.subscribes.forEach(consume);
  for (const readModel of system.readModels) readModel.from.forEach(consume);
  for (const app of system.streamsApps) {
    app.from.forEach(consume);
    if (app.join) consume(app.join);
  }
  for (const service of system.services) {
    for (const event of service.events) {
      if (!event.external && !consumed.has(`${service.name}.${event.name}`)) {
        yield { service: service.name, event: event.name };
      }
    }
  }
}
