import { unconsumedEvents } from "./consumers.ts";
import type { Rule } from "./rule.ts";

export const eventWithoutConsumer: Rule = {
  id: "EDA-M04",
  severity: "warning",
  runs: "validate",
  trustsSagas: true,
  title: "an event that nobody consumes and that is not `external: true`",
  explanation:
    "An event is a promise to somebody. One that nobody reads is either a reaction that was forgotten (the parcel is " +
    "never packed because no service subscribes to the payment), or dead weight that has to be versioned, stored and " +
    "kept compatible for years. Events that leave the system, for a partner or a data warehouse, say so with " +
    "`external: true`. While a saga cannot be read or has errors this rule is silent, since that saga may be the consumer.",
  examples: [
    {
      fails: { manifest: shop("") },
      repair: { manifest: shop("\n    subscribes: [orders.OrderPlaced]") },
    },
  ],
  *check(context) {
    for (const { service, event } of unconsumedEvents(context)) {
      yield {
        at: ["services", service, "events", event],
        part: "key",
        message: `Nobody consumes event ${service}.${event}`,
        hint: `Write subscribes: [${service}.${event}] at the service that reacts to it, or external: true at the event if its consumer is outside the system`,
      };
    }
  },
};

function shop(subscribes: string): string {
  return `eda: 1
name: shop
contexts:
  ordering: { purpose: Takes orders }
  shipping: { purpose: Sends parcels }
services:
  orders:
    context: ordering
    aggregate: Order
    port: 4001
    commands:
      PlaceOrder: { fields: { orderId: uuid }, emits: [OrderPlaced] }
    events:
      OrderPlaced: { fields: { orderId: uuid } }
  parcels:
    context: shipping
    aggregate: Parcel
    port: 4002${subscribes}
outboxes:
  orders: { relay: polling }
`;
}
