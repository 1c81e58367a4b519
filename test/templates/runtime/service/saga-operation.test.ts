import assert from "node:assert/strict";
import type { Service } from "../../../../templates/runtime/src/service/host.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { billingOrders } from "./billing.fixture.ts";
import { adminToken, ask, type Surroundings, surroundings } from "./running.ts";

describe("a running service's sagas", () => {
  let around: Surroundings;
  let service: Service;
  before(async () => {
    around = await surroundings();
    service = await billingOrders(around, { retry: { attempts: 1 }, timeout: "100ms" });
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
