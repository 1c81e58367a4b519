import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import { createService, type Service } from "../../../../templates/runtime/src/service/host.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { orderDecider, ordersDefinition } from "./orders.fixture.ts";
import { adminToken, ask, type Surroundings, surroundings } from "./running.ts";

/** Nobody takes its one command, whose outcome is then unknown: stuck, for a pivot cannot be taken back. */
const billing = compileSaga(
  {
    saga: "billing",
    version: 1,
    style: "orchestration",
    trigger: "orders.OrderPlaced",
    key: "$.trigger.orderId",
    deadline: "15m",
    retry: { attempts: 1 },
    timeout: "100ms",
    steps: [
      {
        id: "bill",
        kind: "pivot",
        command: "billing.SendBill",
        input: { orderId: "$.trigger.orderId" },
        success: "billing.BillSent",
      },
    ],
  },
  "orders",
);

describe("a running service's sagas", () => {
  let around: Surroundings;
  let service: Service;
  before(async () => {
    around = await surroundings();
    await cp("templates/saga/migrations", fileURLToPath(around.options.migrations), { recursive: true });
    const topics = ["billing.commands", "billing.replies"].map((name) => ({ name, partitions: 1 }));
    const hosted = {
      definition: billing,
      eventTopics: { "orders.OrderPlaced": ordersDefinition.eventsTopic },
      repliesTopic: "billing.replies",
    };
    service = createService(
      { ...ordersDefinition, subscriptions: [], topics: [...ordersDefinition.topics, ...topics], sagas: [hosted] },
      { decider: orderDecider, reactions: {} },
      around.config,
      around.options,
    );
    await service.start();
  });
  after(async () => {
    await service.stop();
    await around.close();
  });

  // Red without sagaVerbs in host.ts.
  it("are seen stuck at its admin endpoint and in its metrics, and go on where an operator wants it", async () => {
    const headers = { authorization: `Bearer ${adminToken}` };
    const admin = (path: string, body?: unknown) =>
      ask(service.addresses.admin, path, { headers, ...(body === undefined ? {} : { body }) });
    const commands = await around.messages("billing.commands");
    const orderId = crypto.randomUUID();
    const placed = await ask(service.addresses.http ?? "", "/commands/place-order", {
      body: { orderId, lines: [{ sku: "a", quantity: 1 }] },
    });
    assert.equal(placed.status, 200);

    const page = await eventually(async () => (await admin("/sagas?stuck=true")).body, {
      until: ({ total }) => total === 1,
      what: "the saga is stuck",
    });
    const { id, revision } = page.items[0];
    assert.equal(id, `billing:${orderId}`);
    assert.match((await ask(service.addresses.admin, "/metrics")).body, /^eda_sagas_stuck\{.*\} 1$/m);

    const stage = { step: "bill", direction: "forward", reason: "billing is up" };
    assert.equal((await admin(`/sagas/${id}/retry`, { ...stage, revision })).status, 200);
    await eventually(async () => commands, { until: (all) => all.length === 2, what: "the command is sent again" });
    assert.deepEqual(
      commands.map(({ idempotencykey }) => idempotencykey),
      [`${id}/bill/forward/1`, `${id}/bill/forward/1`],
    );
  });
});
