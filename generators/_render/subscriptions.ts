import type { EventRef, EventType, Service, System } from "../_system/system.ts";
import { eventsTopic } from "../_system/topics.ts";

/** An event of another service that a service reacts to, with whose it is. */
export interface Subscription {
  readonly ref: EventRef;
  /** `orders.OrderPlaced`. */
  readonly type: string;
  readonly topic: string;
  readonly owner: Service;
  readonly event: EventType;
}

/** Those of a service's subscriptions that lead somewhere; rule EDA-M02 speaks of the others. */
export function subscriptionsOf(system: System, service: Service): readonly Subscription[] {
  return service.subscribes.flatMap((ref) => {
    const owner = servicesOf(system).get(ref.service);
    const event = owner?.events.find(({ name }) => name === ref.event);
    return owner && event
      ? [{ ref, type: `${ref.service}.${ref.event}`, topic: eventsTopic(owner), owner, event }]
      : [];
  });
}

/** Services by name. A system never changes, so they are put into a map once: large ones have thousands of subscriptions. */
const known = new WeakMap<System, ReadonlyMap<string, Service>>();

export function servicesOf(system: System): ReadonlyMap<string, Service> {
  const found = known.get(system) ?? new Map(system.services.map((service) => [service.name, service]));
  known.set(system, found);
  return found;
}
