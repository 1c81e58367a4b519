import type { Rule } from "./rule.ts";
import { sagaTraffic } from "./saga-traffic.ts";

export const commandWithoutSender: Rule = {
  id: "EDA-M05",
  severity: "warning",
  runs: "validate",
  trustsSagas: true,
  title: "a command that nobody sends and that has `http: false`",
  explanation:
    "A command reaches its service over HTTP, from a saga, or from the service's own reaction to an event. One with " +
    "`http: false` that no saga sends, in a service that reacts to nothing, cannot be run at all: its handler is code " +
    "that is tested and deployed and never called, and the flow that was to use it stops one step early without an " +
    "error anywhere. While a saga cannot be read or has errors this rule is silent, since that saga may be the sender.",
  examples: [
    {
      fails: { manifest: shop(", http: false") },
      repair: { manifest: shop("") },
    },
  ],
  *check(context) {
    const traffic = sagaTraffic(context);
    if (!traffic.complete) return;
    const sent = new Set(traffic.sagas.flatMap((saga) => saga.sends));
    for (const service of context.system.services) {
      // Which of its commands a reaction executes is code, which the manifest does not know.
      if (service.subscribes.length > 0) continue;
      for (const command of service.commands) {
        if (command.http || sent.has(`${service.name}.${command.name}`)) continue;
        yield {
          at: ["services", service.name, "commands", command.name],
          part: "key",
          message: `Nobody sends command ${service.name}.${command.name}: it has no HTTP route, no saga names it, and ${service.name} reacts to nothing`,
          hint: `Take away http: false, or send ${service.name}.${command.name} from a saga or a reaction`,
        };
      }
    }
  },
};

function shop(http: string): string {
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
      CancelOrder: { fields: { orderId: uuid }, emits: [OrderCancelled]${http} }
    events:
      OrderCancelled: { fields: { orderId: uuid }, external: true }
outboxes:
  orders: { relay: polling }
`;
}
