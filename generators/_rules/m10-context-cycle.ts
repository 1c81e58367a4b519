import { contextDependencies } from "./context-dependencies.ts";
import { cyclesIn } from "./cycles.ts";
import type { Rule } from "./rule.ts";

const manifest = `eda: 1
name: shop
contexts:
  ordering: { purpose: Takes orders }
  paying: { purpose: Takes money }
services:
  orders:
    context: ordering
    port: 4001
    commands:
      PlaceOrder: { fields: { orderId: uuid }, emits: [OrderPlaced] }
      ReopenOrder: { fields: { orderId: uuid }, emits: [OrderReopened] }
    events:
      OrderPlaced: { fields: { orderId: uuid } }
      OrderReopened: { fields: { orderId: uuid } }
  payments:
    context: paying
    key: orderId
    port: 4002
    commands:
      CapturePayment: { fields: { orderId: uuid }, emits: [PaymentCaptured] }
      ChargeBack: { fields: { orderId: uuid }, emits: [PaymentChargedBack] }
      NoteChargeback: { fields: { orderId: uuid }, emits: [ChargebackNoted] }
    events:
      PaymentCaptured: { fields: { orderId: uuid } }
      PaymentChargedBack: { fields: { orderId: uuid } }
      ChargebackNoted: { fields: { orderId: uuid } }
sagas:
  checkout: { definition: sagas/checkout.saga.yaml, service: orders }
  chargeback: { definition: sagas/chargeback.saga.yaml, service: payments }
outboxes:
  orders: { relay: polling }
  payments: { relay: polling }
`;

export const contextCycle: Rule = {
  id: "EDA-M10",
  severity: "warning",
  runs: "validate",
  title: "cycle of synchronous or command dependencies between contexts",
  explanation:
    "A context that commands another waits for its answer and has to know its language. Where two command each other, " +
    "neither can be changed, deployed or tested alone, and an outage of one stops both: the parts are one system that " +
    "pays for being two. Events do not make such a cycle: their publisher waits for nobody, so a subscription, a read " +
    "model, a stream application and a choreography are not counted. What is counted are the commands of orchestrated " +
    "sagas, from the context of the saga's host to the context of the command's service; services of a generated " +
    "repository make no HTTP calls to each other.",
  examples: [
    {
      fails: { manifest, files: sagas("orders.ReopenOrder", "orders.OrderReopened") },
      repair: { manifest, files: sagas("payments.NoteChargeback", "payments.ChargebackNoted") },
    },
  ],
  *check(context) {
    for (const cycle of cyclesIn(contextDependencies(context))) {
      const [first] = cycle;
      if (!first) continue;
      const round = [first.from, ...cycle.map((dependency) => dependency.to)].join(" → ");
      const reasons = cycle.map(({ saga, from, command }) => `saga ${saga} of ${from} sends ${command}`).join(", ");
      yield {
        at: ["sagas", first.saga],
        part: "key",
        message: `Contexts command each other in a cycle: ${round} (${reasons})`,
        hint: "Let one of them react to the other's event (subscribes) where it now waits for a reply, or move the saga to the context that leads the flow",
      };
    }
  },
};

function sagas(command: string, success: string): Readonly<Record<string, string>> {
  return {
    "sagas/checkout.saga.yaml": saga(
      "checkout",
      "orders.OrderPlaced",
      "payments.CapturePayment",
      "payments.PaymentCaptured",
    ),
    "sagas/chargeback.saga.yaml": saga("chargeback", "payments.PaymentChargedBack", command, success),
  };
}

function saga(name: string, trigger: string, command: string, success: string): string {
  return `saga: ${name}
version: 1
style: orchestration
trigger: ${trigger}
key: $.trigger.orderId
deadline: 10m
timeout: 30s
steps:
  - id: only
    kind: pivot
    command: ${command}
    input: { orderId: $.trigger.orderId }
    success: ${success}
`;
}
