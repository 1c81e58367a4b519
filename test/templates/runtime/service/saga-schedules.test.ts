import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { encodeRecord } from "../../../../templates/runtime/src/message/codec.ts";
import type { Envelope, Message } from "../../../../templates/runtime/src/message/message.ts";
import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import type { SagaSource } from "../../../../templates/runtime/src/saga/source.ts";
import type { ServiceConfig } from "../../../../templates/runtime/src/service/config.ts";
import { createService, type Service } from "../../../../templates/runtime/src/service/host.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { fakeProvider, shopDecider, shopDefinition, shopImplementation } from "../saga/participant/shop.fixture.ts";
import { orderDecider, ordersDefinition } from "./orders.fixture.ts";
import { adminToken, ask, type Surroundings, surroundings } from "./running.ts";

const input = { orderId: "$.trigger.orderId", quantity: "$.trigger.note.quantity" };
const reserve = { id: "reserve", command: "shop.ReserveStock", input, success: "shop.StockReserved" };
const release = { command: "shop.ReleaseStock", input, success: "shop.StockReleased" };

const capture = {
  id: "capture",
  command: "shop.CapturePayment",
  input: { orderId: "$.trigger.orderId" },
  success: "shop.PaymentCaptured",
  failure: "shop.PaymentDeclined",
};

/** One attempt a step, which is soon over: an answer that does not come is an unknown outcome. */
const buying = (steps: SagaSource["steps"]): SagaSource => ({
  saga: "buying",
  version: 1,
  style: "orchestration",
  trigger: "orders.OrderPlaced",
  key: "$.trigger.orderId",
  deadline: "15m",
  retry: { attempts: 1 },
  timeout: "300ms",
  steps,
});

describe("a saga's host and a participant, together", function () {
  this.timeout(60_000);
  let orders: Surroundings;
  let shop: Surroundings;
  let running: Service[];
  let host: Service;
  let provider: ReturnType<typeof fakeProvider>;
  let plenty: boolean;
  let events: readonly Message[];
  let replies: readonly Message[];

  beforeEach(async () => {
    orders = await surroundings();
    shop = await surroundings(orders);
    await cp("templates/saga/migrations", fileURLToPath(orders.options.migrations), { recursive: true });
    const migrations = fileURLToPath(shop.options.migrations);
    await cp("templates/saga-participant/migrations", migrations, { recursive: true });
    await writeFile(path.join(migrations, "0100-parcel.sql"), "CREATE TABLE public.parcel (order_id text);\n");
    await orders.broker.ensureTopics(shopDefinition.topics);
    [events, replies] = [await orders.messages("shop.order.events"), await orders.messages("buying.replies")];
    [running, provider, plenty] = [[], fakeProvider(), false];
  });
  afterEach(async () => {
    for (const service of running.toReversed()) await service.stop();
    await shop.close();
    await orders.close();
  });

  async function hosting(steps: SagaSource["steps"]): Promise<void> {
    const definition = compileSaga(buying(steps), "orders");
    const sagas = [
      {
        definition,
        eventTopics: { "orders.OrderPlaced": ordersDefinition.eventsTopic },
        repliesTopic: "buying.replies",
      },
    ];
    const topics = [...ordersDefinition.topics, ...shopDefinition.topics];
    host = createService(
      { ...ordersDefinition, subscriptions: [], topics, sagas },
      { decider: orderDecider, reactions: {} },
      orders.config,
      orders.options,
    );
    await host.start();
    running.push(host);
  }

  async function shopping(role: ServiceConfig["role"] = "all"): Promise<Service> {
    const implementation = {
      ...shopImplementation(provider),
      decider: {
        ...shopDecider,
        decide: (...[command, state]: Parameters<typeof shopDecider.decide>) =>
          plenty ? [{ type: "StockReserved" as const, data: command.data }] : shopDecider.decide(command, state),
      },
    };
    const service = createService(shopDefinition, implementation, { ...shop.config, role }, shop.options);
    await service.start();
    running.push(service);
    return service;
  }

  async function place(quantity = 1) {
    const orderId = randomUUID();
    const body = { orderId, lines: [{ sku: "tea", quantity: 1 }], note: { quantity } };
    assert.equal((await ask(host.addresses.http ?? "", "/commands/place-order", { body })).status, 200);
    return { orderId, id: `buying:${orderId}` };
  }
  const admin = (of: Service, url: string, body?: unknown) =>
    ask(of.addresses.admin, url, {
      headers: { authorization: `Bearer ${adminToken}` },
      ...(body === undefined ? {} : { body }),
    });
  type Seen = { readonly status: string; readonly stuck: boolean; readonly revision: string };
  const until = (id: string, condition: (seen: Seen) => boolean) =>
    eventually(async () => (await admin(host, `/sagas/${id}`)).body as Seen, {
      until: (seen) => seen.status !== undefined && condition(seen),
      withinMs: 30_000,
      what: `${id}: ${condition}`,
    });
  async function retry(id: string, step: string): Promise<void> {
    const { revision } = await until(id, ({ stuck }) => stuck);
    const body = { step, direction: "forward", revision, reason: "the shop is up" };
    assert.equal((await admin(host, `/sagas/${id}/retry`, body)).status, 200);
  }
  const logOf = async (id: string) => {
    const { rows } = await orders.database.query<{ what: string }>(
      "SELECT what FROM public.saga_log WHERE saga_id = $1 ORDER BY seq",
      [id],
    );
    return rows.map(({ what }) => what);
  };
  /** What the shop has written and nobody has sent. */
  const waiting = async (topic: string) =>
    (
      await shop.database.query<{ id: string; key: string; envelope: Envelope; data: object }>(
        "SELECT id, aggregateid AS key, headers AS envelope, payload AS data FROM public.outbox WHERE topic = $1 ORDER BY position",
        [topic],
      )
    ).rows;
  const typesOn = (topic: readonly Message[]) => topic.map(({ type }) => type.replace("shop.", ""));

  // Red with keepsOrder: true in saga-commands.ts, and where nothingToUndo in judge.ts runs the compensation.
  it("undo nothing behind a forward that always throws: no event on the topic, and the letter's replay is refused", async () => {
    await hosting([{ ...reserve, compensation: release }]);
    await shopping();
    const { id } = await place(13);
    await until(id, ({ status }) => status === "compensated");
    assert.deepEqual(
      replies.map(({ sagadirection, sagaoutcome, saganoop, data }) => [sagadirection, sagaoutcome, saganoop, data]),
      [["compensation", "success", true, {}]],
    );
    const letters = async () =>
      (await shop.database.query<{ id: bigint; status: string }>("SELECT id, status FROM public.dead_letter")).rows;
    const [letter] = await letters();
    assert.equal(letter?.status, "failed");
    plenty = true;
    const verb = `/dead-letters/${letter.id}/replay`;
    assert.equal((await admin(running.at(-1)!, verb, {})).status, 200);
    await eventually(letters, { until: ([first]) => first?.status === "replayed" });
    assert.deepEqual(await waiting("shop.order.events"), []);
    assert.deepEqual(typesOn(events), [], "neither reserved nor released");
  });

  // Red when `forward` in judge.ts has what is done already done again.
  it("capture once, when an operator retries after the success was lost", async () => {
    await hosting([{ ...capture, kind: "pivot" }]);
    await shopping("consumer");
    const { id } = await place();
    const [lost] = await eventually(() => waiting("buying.replies"), { until: ({ length }) => length === 1 });
    await shop.database.query("DELETE FROM public.outbox WHERE id = $1", [lost!.id]);
    await retry(id, "capture");
    await eventually(() => waiting("buying.replies"), { until: ({ length }) => length === 1 });
    await shopping("relay");
    await until(id, ({ status }) => status === "completed");
    assert.deepEqual([provider.calls.length, provider.captured.size], [1, 1]);
    await eventually(() => events.length > 0);
    assert.deepEqual(typesOn(events), ["PaymentCaptured"]);
    assert.equal(replies.at(-1)?.sagaoutcome, "success");
  });

  // Red when a failure of an older round counts (replies.ts), and when a stored failure is final for a newer one (judge.ts).
  it("go on in the next round, when an operator retries and the refusal before it comes late", async () => {
    await hosting([{ ...reserve, kind: "retriable", failure: "shop.StockRejected" }]);
    const first = await shopping("consumer");
    const { id } = await place(10);
    const [late] = await eventually(() => waiting("buying.replies"), { until: ({ length }) => length === 1 });
    await shop.database.query("DELETE FROM public.outbox WHERE id = $1", [late!.id]);
    // Unknown: the same round again, and its stored refusal.
    await retry(id, "reserve");
    await eventually(() => waiting("buying.replies"), { until: ({ length }) => length === 1 });
    const relay = await shopping("relay");
    await eventually(async () => (await logOf(id)).includes("step-failed"), { withinMs: 30_000 });
    await first.stop();
    running.splice(running.indexOf(first), 1);
    plenty = true;
    await retry(id, "reserve");
    await orders.broker.publish([encodeRecord(late!.envelope, "buying.replies", late!.key, late!.data)]);
    await eventually(async () => (await logOf(id)).includes("late-reply-ignored"));
    await shopping("consumer");
    await until(id, ({ status }) => status === "completed");
    await relay.stop();
    running.splice(running.indexOf(relay), 1);
    assert.deepEqual(
      replies.map(({ saground, sagaoutcome }) => `${saground} ${sagaoutcome}`),
      ["1 failure", "1 failure", "2 success"],
    );
    assert.deepEqual(typesOn(events), ["StockRejected", "StockReserved"]);
  });
});
