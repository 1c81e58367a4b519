import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { operate } from "../../../../../templates/runtime/src/operate/operate.ts";
import type { Timeline } from "../../../../../templates/runtime/src/operate/trace/timeline.ts";
import type { Service } from "../../../../../templates/runtime/src/service/host.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { billingOrders } from "../../service/billing.fixture.ts";
import { adminToken, ask, type Surroundings, surroundings } from "../../service/running.ts";

describe("eda-operate trace, of a saga in a running service", function () {
  this.timeout(60_000);
  let around: Surroundings;
  let orders: Service;

  before(async () => {
    around = await surroundings();
    // It is sent twice before it is stuck.
    const retry = { attempts: 2, initial: "10ms", jitter: "none" } as const;
    orders = await billingOrders(around, { retry, timeout: "50ms" });
  });
  after(async () => {
    await orders.stop();
    await around.close();
  });

  it("finds by the saga's id what happened under its correlation id, to the operator who ended it", async () => {
    const orderId = randomUUID();
    await ask(orders.addresses.http ?? "", "/commands/place-order", {
      body: { orderId, lines: [{ sku: "a", quantity: 1 }] },
      headers: { "x-correlation-id": "story-of-a-bill" },
    });
    const saga = `billing:${orderId}`;
    const stuck = await eventually(() => traced(saga), {
      until: (timeline) =>
        timeline?.sagas[0]?.stuck === true && timeline.entries.some(({ kind }) => kind === "request"),
      what: "the saga to be stuck",
    });
    assert.equal(stuck?.correlationId, "story-of-a-bill");
    assert.deepEqual(
      stuck?.entries.map(({ kind, what }) => `${kind} ${what}`),
      [
        "request PlaceOrder",
        "event OrderPlaced",
        "saga started",
        "command SendBill",
        "timeout bill timed out",
        "retry SendBill",
        "timeout bill timed out",
        "stuck bill stuck",
      ],
    );
    assert.equal(
      await run("sagas", "complete", saga, "--reason", "sent by hand", "--data", "{}").then(({ code }) => code),
      0,
    );
    const over = await traced("story-of-a-bill");
    const operator = over?.entries.find(({ kind }) => kind === "operator");
    assert.match(operator?.what ?? "", /^bill operator completed$/);
    assert.match(operator?.detail ?? "", /sent by hand/);
    assert.equal(over?.entries.at(-1)?.what, "completed");
    assert.deepEqual(over?.sagas, [{ id: saga, service: "orders", status: "completed", stuck: false }]);
  });

  async function traced(id: string): Promise<Timeline | undefined> {
    const { out } = await run("trace", id, "--format", "json");
    return out === "" ? undefined : (JSON.parse(out) as Timeline);
  }

  async function run(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
    let [out, error] = ["", ""];
    const code = await operate(args, {
      root: "nowhere",
      env: { EDA_ADMIN_URL: orders.addresses.admin, ADMIN_TOKEN: adminToken },
      width: 80,
      out: (text) => {
        out += text;
      },
      error: (text) => {
        error += text;
      },
    });
    return { code, out, error };
  }
});
