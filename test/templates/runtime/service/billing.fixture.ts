import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import type { SagaSource } from "../../../../templates/runtime/src/saga/source.ts";
import { createService, type Service } from "../../../../templates/runtime/src/service/host.ts";
import { orderDecider, ordersDefinition } from "./orders.fixture.ts";
import type { Surroundings } from "./running.ts";

/**
 * The orders service, started, as host of the saga `billing`. Nobody takes its one command, whose outcome is then
 * unknown: stuck after the last attempt, for a pivot cannot be taken back.
 */
export async function billingOrders(
  { config, options }: Surroundings,
  pace: Required<Pick<SagaSource, "retry" | "timeout">>,
): Promise<Service> {
  await cp("templates/saga/migrations", fileURLToPath(options.migrations), { recursive: true });
  const topics = ["billing.commands", "billing.replies"].map((name) => ({ name, partitions: 1 }));
  const hosted = {
    definition: compileSaga({ ...billing, ...pace }, "orders"),
    eventTopics: { "orders.OrderPlaced": ordersDefinition.eventsTopic },
    repliesTopic: "billing.replies",
  };
  const service = createService(
    { ...ordersDefinition, subscriptions: [], topics: [...ordersDefinition.topics, ...topics], sagas: [hosted] },
    { decider: orderDecider, reactions: {} },
    config,
    options,
  );
  await service.start();
  return service;
}

const billing: SagaSource = {
  saga: "billing",
  version: 1,
  style: "orchestration",
  trigger: "orders.OrderPlaced",
  key: "$.trigger.orderId",
  deadline: "15m",
  steps: [
    {
      id: "bill",
      kind: "pivot",
      command: "billing.SendBill",
      input: { orderId: "$.trigger.orderId" },
      success: "billing.BillSent",
    },
  ],
};
