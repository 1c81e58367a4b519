import { decisionProblems } from "./phase-decision.ts";
import { publishersWithoutOutbox } from "./publishers.ts";
import type { Rule } from "./rule.ts";

export const consistencyOpen: Rule = {
  id: "EDA-P05",
  severity: "error",
  runs: "phase",
  title: "phase 5, consistency and streams, is open: a service can publish past its outbox, or no decision",
  explanation:
    "The phase closes when no service can publish except through its outbox, and somebody has decided how each outbox " +
    "is read: by polling, or from the database's log. EDA-M06 says what happens to a service without one.",
  examples: [
    {
      fails: { manifest: shop("") },
      repair: { manifest: shop("outboxes:\n  orders: { relay: polling }\n") },
    },
  ],
  *check(context) {
    yield* decisionProblems(context, "consistency");
    for (const { service, because } of publishersWithoutOutbox(context.system)) {
      yield {
        at: ["services", service],
        part: "key",
        message: `Service ${service} ${because} and has no outbox`,
        hint: `Run eda add outbox ${service}`,
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
${outboxes}phases:
  consistency: { status: decided, decision: docs/decisions/0005-consistency.md }
`;
}
