import { publishersWithoutOutbox } from "./publishers.ts";
import type { Rule } from "./rule.ts";

export const publisherWithoutOutbox: Rule = {
  id: "EDA-M06",
  severity: "error",
  runs: "validate",
  title: "a service publishes and has no outbox",
  explanation:
    "A service that writes to its database and then to the broker does two things that can fail apart: a crash between " +
    "them leaves an order that nobody hears of, or announces one that was rolled back. The outbox makes it one " +
    "transaction: the message is a row beside the business change, and a relay sends it after the commit. A service " +
    "that hosts a saga publishes too: its commands leave the same way. The generators add the outbox by themselves, so " +
    "only a manifest edited by hand gets here.",
  examples: [
    {
      fails: { manifest: shop("") },
      repair: { manifest: shop("outboxes:\n  orders: { relay: polling }\n") },
    },
  ],
  *check({ system }) {
    for (const { service, because } of publishersWithoutOutbox(system)) {
      yield {
        at: ["services", service],
        part: "key",
        message: `Service ${service} ${because} and has no outbox`,
        hint: `Run eda add outbox ${service}, or write ${service}: { relay: polling } under outboxes`,
      };
    }
  },
};

function shop(outboxes: string): string {
  return `eda: 1
name: shop
contexts:
  ordering: { purpose: Takes orders }
services:
  orders:
    context: ordering
    aggregate: Order
    port: 4001
    commands:
      PlaceOrder: { fields: { orderId: uuid }, emits: [OrderPlaced] }
    events:
      OrderPlaced: { fields: { orderId: uuid }, external: true }
${outboxes}`;
}
