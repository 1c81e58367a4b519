import { kebab } from "./names.ts";
import type { Service } from "./system.ts";

/** A service's events of its one aggregate: `orders.order.events`. */
export function eventsTopic(service: Pick<Service, "name" | "aggregate">): string {
  return `${service.name}.${kebab(service.aggregate)}.events`;
}

/** What is asked of a service: `orders.commands`. */
export function commandsTopic(service: Pick<Service, "name">): string {
  return `${service.name}.commands`;
}

/** What participants answer a saga: `payment.replies`. */
export function repliesTopic(saga: { readonly name: string }): string {
  return `${saga.name}.replies`;
}
