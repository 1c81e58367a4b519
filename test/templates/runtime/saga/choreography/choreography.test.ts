import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { createService, type Service } from "../../../../../templates/runtime/src/service/host.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { adminToken, ask } from "../../service/running.ts";
import { type LoyaltySystem, loyaltySystem } from "./loyalty-system.ts";
import { giftsDefinition, giftsImplementation, loyaltyDefinition, loyaltyImplementation } from "./services.fixture.ts";

const order = (kind = "order") => `${kind}-${randomUUID()}`;

describe("a choreography whose services run", function () {
  this.timeout(60_000);
  let on: LoyaltySystem;
  let loyalty: Service;
  let gifts: Service;
  before(async () => {
    on = await loyaltySystem();
    loyalty = createService(loyaltyDefinition(), loyaltyImplementation, on.loyalty.config, on.loyalty.options);
    gifts = createService(giftsDefinition, giftsImplementation, on.gifts.config, on.gifts.options);
    await loyalty.start();
    await gifts.start();
  });
  after(async () => {
    await gifts.stop();
    await loyalty.stop();
    await on.close();
  });

  const headers = { authorization: `Bearer ${adminToken}` };
  const admin = (path: string, body?: unknown) =>
    ask(loyalty.addresses.admin, path, { headers, ...(body === undefined ? {} : { body }) });

  /** The test reads topics of its own accord: it may be behind the watchdog, and has no order between topics. */
  const tells = (id: string, expected: readonly string[]) =>
    eventually(() => on.story(id).toSorted(), {
      until: (told) => isDeepStrictEqual(told, expected.toSorted()),
      what: `${expected.join(", ")} on the topics`,
    });

  // Red when decide-by-style.ts gives a choreography to `decide`.
  it("goes from event to event to its end, which its host shows like that of any saga", async () => {
    const id = order();
    await on.confirm(id);
    await on.until(id, ({ status }) => status === "completed");
    await tells(id, ["OrderConfirmed", "PointsEarned", "GiftSent"]);
    assert.deepEqual(await on.history(on.loyalty, id), ["PointsEarned"]);
    assert.deepEqual(await on.history(on.gifts, id), ["GiftSent"]);
    const { body } = await admin(`/sagas/loyalty:${id}`);
    assert.equal(body.style, "choreography");
    assert.deepEqual(
      body.view.completed.map(({ step, outcome }: Record<string, string>) => [step, outcome]),
      [
        ["earn-points", "succeeded"],
        ["send-gift", "succeeded"],
      ],
    );
    assert.deepEqual(body.timers, []);
    assert.equal(body.correlationId, `c-${id}`);
    const gift = on.told.find(({ type, correlationid }) => type === "gifts.GiftSent" && correlationid === `c-${id}`);
    assert.deepEqual([gift?.saganame, gift?.sagaid, gift?.sagastep], ["loyalty", `loyalty:${id}`, "send-gift"]);
  });

  it("undoes what was done when a later step refuses, and ends compensated, with the reason", async () => {
    const id = order("greedy");
    await on.confirm(id);
    const { state } = await on.until(id, ({ status }) => status === "compensated");
    assert.deepEqual(state.failure, { step: "send-gift", reason: "sold out" });
    assert.deepEqual(await on.history(on.loyalty, id), ["PointsEarned", "PointsRevoked"]);
    await tells(id, ["OrderConfirmed", "PointsEarned", "GiftRefused", "PointsRevoked"]);
  });

  it("ends where its first step refuses: there is nothing to undo, and nobody is asked to", async () => {
    const id = order("poor");
    await on.confirm(id);
    await on.until(id, ({ status }) => status === "compensated");
    await tells(id, ["OrderConfirmed", "PointsRefused"]);
  });

  // Red when watch-consumer.ts does not read the topic of replies, and when observe.ts begins nothing at a reply.
  it("ends compensated also where the compensation is before its forward, which then is never done (R5)", async () => {
    const id = order();
    await on.happens("gifts.GiftRefused", id, { data: { orderId: id, reason: "no such customer" } });
    await eventually(() => on.story(id).includes("PointsRevoked noop"), { what: "the no-op" });
    await on.until(id, ({ state }) => state.steps["earn-points"]?.compensation?.noop === true);
    assert.equal((await on.row(id))?.status, "compensating");
    await on.confirm(id);
    await on.until(id, ({ status }) => status === "compensated");
    assert.deepEqual(await on.history(on.loyalty, id), []);
    await tells(id, ["GiftRefused", "PointsRevoked noop", "OrderConfirmed"]);
    const refused = (await ask(loyalty.addresses.admin, "/metrics")).body;
    assert.match(refused, /^eda_saga_commands_refused_total\{.*type="loyalty.EarnPoints".*\} 1$/m);
  });

  it("does nothing twice when everything is said twice, by the same message and by another", async () => {
    const id = order();
    const first = await on.confirm(id);
    await on.until(id, ({ status }) => status === "completed");
    const before = await on.log(id);
    const again = { id: first, data: { orderId: id, customerId: `customer of ${id}` } };
    await on.happens("orders.OrderConfirmed", id, again);
    await on.confirm(id);
    await on.happens("loyalty.PointsEarned", id);
    await on.happens("gifts.GiftSent", id);
    // The last of all, and seen: all before it are, as far as its partition goes.
    const last = order();
    await on.confirm(last);
    await on.until(last, ({ status }) => status === "completed");
    await eventually(() => handledOf(id), { until: (count) => count >= 7, what: "all of them handled" });
    assert.deepEqual(await on.history(on.loyalty, id), ["PointsEarned"]);
    assert.deepEqual(await on.history(on.gifts, id), ["GiftSent"]);
    assert.deepEqual(await on.log(id), before);
  });
  /** How many events about an order the services have handled or found handled before. */
  const handledOf = async (id: string) =>
    [...on.loyalty.logged, ...on.gifts.logged].filter(
      ({ correlationid, msg }) =>
        correlationid === `c-${id}` && ["message handled", "message had been handled before"].includes(String(msg)),
    ).length;

  // Red when seeOne in one-saga.ts does not look at the payload.
  it("records a second trigger with another payload as the error that it is (R1)", async () => {
    const id = order();
    await on.confirm(id);
    await on.until(id, ({ status }) => status === "completed");
    await on.happens("orders.OrderConfirmed", id, { data: { orderId: id, customerId: "somebody else" } });
    await eventually(() => on.log(id), { until: (log) => log.includes("another-payload"), what: "the log's entry" });
    assert.deepEqual(await on.history(on.loyalty, id), ["PointsEarned"]);
  });

  it("keeps many apart, whose events come in any order between services", async () => {
    const kinds = ["order", "greedy", "poor"];
    const all = Array.from({ length: 60 }, (_, at) => order(kinds[at % kinds.length]));
    await Promise.all(all.map((id) => on.confirm(id)));
    for (const id of all)
      await on.until(id, ({ status }) => status === (id.startsWith("order") ? "completed" : "compensated"));
    for (const id of all) {
      const at = await on.history(on.loyalty, id);
      const expected = { order: ["PointsEarned"], greedy: ["PointsEarned", "PointsRevoked"], poor: ["PointsRefused"] };
      assert.deepEqual(at, expected[id.slice(0, id.indexOf("-")) as keyof typeof expected]);
    }
    const { rows } = await on.loyalty.database.query("SELECT FROM public.saga_timer WHERE saga_id = ANY ($1::text[])", [
      all.map((id) => `loyalty:${id}`),
    ]);
    assert.equal(rows.length, 0);
  });

  it("says of an event without the saga's key that it has none, at the step and at the watchdog", async () => {
    await on.happens("orders.OrderConfirmed", "nobody", { data: { customerId: "c-1" } });
    const letters = await eventually(async () => (await admin("/dead-letters")).body, {
      until: ({ total }) => total === 2,
      what: "two letters",
    });
    assert.deepEqual(letters.items.map(({ consumer }: { consumer: string }) => consumer).sort(), [
      "loyalty.choreography",
      "loyalty.watch",
    ]);
    for (const { error } of letters.items) assert.match(error, /^orders\.OrderConfirmed .* has no orderId, by which/);
  });

  // Red without onGivenUp in watch-consumer.ts.
  it("shows a step as stuck whose event could not be handled, for as long as nothing else settles it (R18)", async () => {
    const id = order();
    await gifts.stop();
    await on.confirm(id);
    await on.until(id, ({ state }) => state.steps["send-gift"]?.forward?.status === "waiting");
    await on.happens("gifts.GiftSent", id, { data: { reason: "whose?" }, ofStep: "send-gift" });
    const { state } = await on.until(id, ({ stuck }) => stuck);
    assert.equal(state.steps["send-gift"]?.forward?.stuck, "unhandled");
    gifts = createService(giftsDefinition, giftsImplementation, on.gifts.config, on.gifts.options);
    await gifts.start();
    await on.until(id, ({ status, stuck }) => status === "completed" && !stuck);
  });
});

describe("a choreography that does not come to its end", function () {
  this.timeout(60_000);
  let on: LoyaltySystem;
  let loyalty: Service;
  before(async () => {
    on = await loyaltySystem();
    const definition = loyaltyDefinition({ deadline: "400ms" });
    loyalty = createService(definition, loyaltyImplementation, on.loyalty.config, on.loyalty.options);
    await loyalty.start();
  });
  after(async () => {
    await loyalty.stop();
    await on.close();
  });
  const headers = { authorization: `Bearer ${adminToken}` };
  const metrics = async () => (await ask(loyalty.addresses.admin, "/metrics")).body as string;

  // Red without passDeadline in observe.ts.
  it("is stuck at its deadline, said aloud and counted; nothing can be sent to it; a late event ends it", async () => {
    const id = order();
    await on.confirm(id);
    const { state } = await on.until(id, ({ stuck }) => stuck);
    assert.equal(state.steps["send-gift"]?.forward?.stuck, "unknown");
    assert.match(await metrics(), /^eda_sagas_stuck\{saga="loyalty",service="loyalty"\} 1$/m);
    const line = on.loyalty.logged.find(({ msg }) => msg === "a saga is stuck");
    assert.deepEqual([line?.level, line?.saga, line?.step], [50, `loyalty:${id}`, "send-gift"]);

    const { body } = await ask(loyalty.addresses.admin, `/sagas/loyalty:${id}`, { headers });
    const stage = { step: "send-gift", direction: "forward", reason: "send it", revision: body.revision };
    for (const verb of ["retry", "skip", "fail"]) {
      const refused = await ask(loyalty.addresses.admin, `/sagas/loyalty:${id}/${verb}`, { headers, body: stage });
      assert.equal(refused.status, 409, verb);
      assert.match(refused.body.detail, /nobody leads a choreography/);
    }

    await on.happens("gifts.GiftSent", id);
    await on.until(id, ({ status, stuck }) => status === "completed" && !stuck);
    assert.match(await metrics(), /^eda_sagas_ended_total\{saga="loyalty",status="completed",service="loyalty"\} 1$/m);
    assert.doesNotMatch(await metrics(), /^eda_sagas_stuck\{.*\} 1$/m);
  });

  // Red when withStatus in observe.ts waits for a trigger for ever.
  it("is over at its deadline where its events were caused elsewhere, and watched anew when its trigger comes", async () => {
    const id = order();
    await on.happens("gifts.GiftSent", id);
    await on.until(id, ({ status }) => status === "completed");
    assert.ok((await on.log(id)).includes("trigger-not-seen"));
    await on.confirm(id);
    await on.until(id, ({ status, state }) => status === "completed" && "orderId" in state.trigger);
    assert.deepEqual(await on.history(on.loyalty, id), ["PointsEarned"]);
  });
});
