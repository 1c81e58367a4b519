import assert from "node:assert/strict";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { createAdminApp } from "../../../../templates/runtime/src/service/admin.ts";
import { adminVerbs } from "../../../../templates/runtime/src/service/admin-verbs.ts";
import type { ServiceDefinition } from "../../../../templates/runtime/src/service/definition.ts";
import { createHealth } from "../../../../templates/runtime/src/service/health.ts";
import { createMetrics } from "../../../../templates/runtime/src/service/metrics.ts";
import { noSagas, sagaVerbs } from "../../../../templates/runtime/src/service/saga-verbs.ts";
import {
  completedDelivery,
  delivery,
  type Operated,
  operated,
  stuckInPay,
  stuckInRelease,
  stuckInShip,
  succeeded,
} from "../saga/operator/operated.fixture.ts";

const token = "a-token-of-more-than-sixteen-characters";
const pay = { step: "pay", direction: "forward", reason: "the provider is back" };
const ship = { step: "ship", direction: "forward", reason: "sent by hand" };
const release = { step: "reserve", direction: "compensation", reason: "counted by hand" };

const text = { type: "string" };
const paid = { type: "object", properties: { paymentId: text, "": {}, payment: {} } };
const released = { type: "object", properties: { orderId: text, count: { type: "integer" } }, required: ["orderId"] };

describe("the admin interface's sagas", () => {
  let sagas: Operated;
  let app: FastifyInstance;
  let committed = 0;
  before(async () => {
    sagas = await operated();
    const definition = {
      name: "orders",
      sagas: [
        { definition: delivery, eventTopics: {}, outcomes: { "payments.Paid": paid, "stock.Released": released } },
      ],
    } as unknown as ServiceDefinition;
    const verbs = sagaVerbs(definition, sagas, () => committed++);
    app = await makeApp(adminVerbs(definition, sagas.database, verbs));
  });
  after(async () => {
    await app.close();
    await sagas.close();
  });
  afterEach(() => sagas.database.query("TRUNCATE public.saga, public.saga_log, public.saga_timer, public.outbox"));

  const makeApp = (verbs: ReturnType<typeof adminVerbs>) =>
    createAdminApp({
      log: pino({ level: "silent" }),
      metrics: createMetrics("orders"),
      health: createHealth(),
      token,
      verbs,
    });

  async function ask(method: "GET" | "POST", url: string, payload?: object) {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return { status: answer.statusCode, body: answer.json() };
  }

  const sent = async () => {
    const { rows } = await sagas.database.query<{ envelope: Record<string, unknown>; payload: unknown }>(
      "SELECT headers AS envelope, payload FROM public.outbox ORDER BY position",
    );
    return rows;
  };

  it("lists them, says what the service hosts, and goes on after the last one seen", async () => {
    const first = await sagas.begin("1", ...stuckInPay);
    await sagas.begin("2");
    const { status, body } = await ask("GET", "/sagas?limit=1");
    assert.deepEqual([status, body.total, body.hosts, body.items.length], [200, 2, ["delivery"], 1]);
    const { id, revision, stuck, at } = body.items[0];
    assert.deepEqual([id, revision, stuck, at[0].stuck], [first, "3", true, "unknown"]);
    assert.equal((await ask("GET", `/sagas?after=${encodeURIComponent(first)}`)).body.items[0].id, "delivery:2");
    assert.equal((await ask("GET", "/sagas?stuck=true&step=pay&since=2020-01-01T00:00:00Z")).body.total, 1);
  });

  for (const query of [
    "stuck=yes",
    "status=lost",
    "direction=up",
    "since=yesterday",
    "since=2026-01-01",
    "since=2026-99-01T00:00:00Z",
    "after=delivery:none",
    "limit=-1",
    "step=a&step=b",
    "step=%00",
    "sga=x",
  ]) {
    it(`answers 400 to ?${query}`, async () => assert.equal((await ask("GET", `/sagas?${query}`)).status, 400));
  }

  it("shows one: what is done, under way, yet to come and stuck, its timers, its log", async () => {
    const id = await sagas.begin("1", succeeded("reserve"));
    const { status, body } = await ask("GET", `/sagas/${id}`);
    const { view, log, timers, trigger, version, hash, correlationId, earlierEntries } = body;
    assert.deepEqual([status, version, hash.length, correlationId], [200, 3, 64, "correlation of 1"]);
    assert.deepEqual([trigger, earlierEntries], [{ orderId: "1" }, 0]);
    assert.deepEqual(view.completed, [{ step: "reserve", direction: "forward", outcome: "succeeded" }]);
    assert.equal(view.running[0].step, "pay");
    assert.deepEqual(
      view.pending.map(({ step, why }: { step: string; why: string }) => [step, why]),
      [
        ["ship", "waits for pay"],
        ["completed", "waits for pay"],
      ],
    );
    assert.deepEqual(log.map(({ seq, what }: { seq: string; what: string }) => `${seq} ${what}`).slice(0, 2), [
      "1 started",
      "2 command-sent",
    ]);
    const deadline = timers.find(({ kind }: { kind: string }) => kind === "deadline");
    assert.ok(Date.parse(deadline.dueAt) > Date.now());
    const timeout = timers.find(({ kind }: { kind: string }) => kind === "timeout");
    assert.deepEqual([timeout.step, timeout.delayMs, timeout.dueAt], ["pay", 30_000, undefined]);
  });

  it("retries a stuck step: the same round, the reason in the log, the relay awake", async () => {
    const id = await sagas.begin("1", ...stuckInPay);
    const before = committed;
    const { status, body } = await ask("POST", `/sagas/${id}/retry`, { ...pay, revision: "3" });
    assert.deepEqual([status, body.revision, body.stuck], [200, "4", false]);
    assert.equal(committed, before + 1);
    const keys = (await sent()).map(({ envelope }) => envelope.idempotencykey);
    assert.deepEqual(keys.slice(-2), [`${id}/pay/forward/1`, `${id}/pay/forward/1`]);
    const { log } = (await ask("GET", `/sagas/${id}`)).body;
    const line = log.find(({ what }: { what: string }) => what === "operator-retried");
    assert.match(JSON.stringify(line.detail), /the provider is back/);
  });

  // Red without `judge` in saga-verbs.ts: a compensation's data is read by nobody, and went unseen.
  it("completes with what the event would have said, of a compensation too, and with nothing else", async () => {
    const id = await sagas.begin("1", ...stuckInRelease);
    const change = { ...release, revision: "4" };
    for (const [data, why] of [
      [{ count: 2 }, "#/orderId is required"],
      [{ orderId: "1", count: "two" }, "#/count must be integer"],
      [{ orderId: "1", sku: "a" }, "#/sku is not a known property"],
    ] as const) {
      const { status, body } = await ask("POST", `/sagas/${id}/complete`, { ...change, data });
      assert.deepEqual(
        [status, body.detail],
        [409, `${id}: the data must be what stock.Released would have said: ${why}`],
      );
    }
    const done = await ask("POST", `/sagas/${id}/complete`, { ...change, data: { orderId: "1", count: 2 } });
    assert.deepEqual([done.status, done.body.status], [200, "compensated"]);
    const other = await sagas.begin("2", ...stuckInRelease);
    assert.equal((await ask("POST", `/sagas/${other}/complete`, change)).status, 200);
  });

  it("completes with the data that later steps are filled in from", async () => {
    const id = await sagas.begin("1", ...stuckInPay);
    const change = { ...pay, revision: "3" };
    // Red without missingFields in completion.ts: the saga would send a command that nobody takes.
    const { status, body } = await ask("POST", `/sagas/${id}/complete`, { ...change, data: { payment: 1 } });
    assert.deepEqual(
      [status, body.detail],
      [409, `${id}: the data must give $.steps.pay.paymentId: what comes later is filled in from there`],
    );
    const done = await ask("POST", `/sagas/${id}/complete`, { ...change, data: { paymentId: "p-9", "": null } });
    assert.deepEqual([done.status, done.body.at[0].step], [200, "ship"]);
    assert.deepEqual((await sent()).at(-1)?.payload, { orderId: "1", paymentId: "p-9" });
  });

  it("skips, and fails the pivot, by asking the participant", async () => {
    const shipped = await sagas.begin("1", ...stuckInShip);
    const skipped = await ask("POST", `/sagas/${shipped}/skip`, { ...ship, revision: "4" });
    assert.deepEqual([skipped.status, skipped.body.at[0].asked], [200, "skip"]);
    const paid = await sagas.begin("2", ...stuckInPay);
    const refused = await ask("POST", `/sagas/${paid}/fail`, { ...pay, revision: "3" });
    assert.deepEqual([refused.status, refused.body.at[0].asked], [200, "fail"]);
    assert.deepEqual(
      (await sent()).map(({ envelope }) => envelope.sagapurpose).filter((purpose) => purpose === "tombstone").length,
      2,
    );
  });

  it("hands on what the machine says where a verb has no place", async () => {
    const id = await sagas.begin("1", ...stuckInPay);
    const over = await sagas.begin("2", ...completedDelivery);
    for (const [url, body, detail] of [
      [`/sagas/${id}/skip`, { ...pay, revision: "3" }, /pay cannot be skipped/],
      [`/sagas/${id}/retry`, { ...ship, revision: "3" }, /ship has not begun/],
      [`/sagas/${id}/retry`, { ...pay, step: "nope", revision: "3" }, /does not have nope/],
      [`/sagas/${over}/retry`, { ...ship, revision: "5" }, /is over/],
    ] as const) {
      const answer = await ask("POST", url, body);
      assert.equal(answer.status, 409, url);
      assert.match(answer.body.detail, detail);
    }
    assert.equal((await ask("GET", `/sagas/${id}`)).body.revision, "3");
  });

  // Red without `revision` in the change that changeSaga applies.
  it("does what one of two operators wants who have seen the same, and tells the other", async () => {
    const id = await sagas.begin("1", ...stuckInPay);
    const change = { ...pay, revision: "3" };
    const answers = await Promise.all([
      ask("POST", `/sagas/${id}/retry`, change),
      ask("POST", `/sagas/${id}/complete`, { ...change, data: { paymentId: "p" } }),
      ask("POST", `/sagas/${id}/retry`, change),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
    for (const { status, body } of answers) {
      if (status === 200) continue;
      assert.equal(body.actualRevision, "4");
      assert.match(body.detail, /has moved on from revision 3 to 4: nothing was done; look again$/);
    }
  });

  it("shows a choreography with what starts the step that is stuck; completes that, and says where to look instead", async () => {
    const id = await sagas.watch("1");
    const timer = { kind: "deadline", step: "", direction: "forward", round: 0, attempt: 0 } as const;
    await sagas.move(id, { type: "timer", timer });
    const { style, view } = (await ask("GET", `/sagas/${id}`)).body;
    assert.deepEqual(
      [style, view.stuck[0].startsAt],
      ["choreography", { event: "orders.OrderConfirmed", service: "loyalty" }],
    );
    const earn = { ...pay, step: "earn", revision: "2" };
    const refused = await ask("POST", `/sagas/${id}/retry`, earn);
    assert.equal(refused.status, 409);
    assert.match(refused.body.detail, /dead-letters list --service loyalty --type orders\.OrderConfirmed/);
    const done = await ask("POST", `/sagas/${id}/complete`, earn);
    assert.deepEqual([done.status, done.body.status, done.body.stuck], [200, "completed", false]);
    const told = (await ask("GET", `/sagas/${id}`)).body.log.find(({ what }: { what: string }) =>
      /^operator/.test(what),
    );
    assert.deepEqual(told.detail, { reason: earn.reason });
    assert.deepEqual(await sent(), []);
  });

  it("moves all that are stuck in a stage when they are as many as was seen, each by itself", async () => {
    for (const key of ["1", "2", "3"]) await sagas.begin(key, ...stuckInRelease);
    await sagas.begin("4", ...stuckInPay);
    const all = { ...release, filter: { saga: "delivery" } };
    const other = await ask("POST", "/sagas/retry", { ...all, expectedCount: 4 });
    assert.deepEqual([other.status, other.body.actualCount], [409, 3]);
    assert.match(other.body.detail, /^3 sagas match now, not 4: nothing was done; look again$/);
    assert.equal((await ask("GET", "/sagas?stuck=true")).body.total, 4);
    const done = await ask("POST", "/sagas/retry", { ...all, expectedCount: 3 });
    assert.deepEqual([done.status, done.body], [200, { count: 3, refused: [], left: 0 }]);
    assert.equal((await ask("GET", "/sagas?stuck=true")).body.total, 1);
  });

  it("tells of each that refuses in a verb for many, and does the others", async () => {
    await sagas.begin("1", ...stuckInRelease);
    await sagas.begin("2", ...stuckInRelease);
    // A definition of the first that has nothing to skip there: its compensation is gone.
    await sagas.database.query(
      `INSERT INTO public.saga_definition (saga, hash, version, definition)
       SELECT saga, 'another', 4, definition #- '{groups,0,0,compensation}' FROM public.saga_definition
       WHERE saga = 'delivery'`,
    );
    await sagas.database.query("UPDATE public.saga SET definition_hash = 'another' WHERE id = 'delivery:1'");
    const { body } = await ask("POST", "/sagas/skip", { ...release, filter: {}, expectedCount: 2 });
    assert.deepEqual([body.count, body.left, body.refused.length, body.refused[0].id], [1, 0, 1, "delivery:1"]);
    await sagas.database.query("UPDATE public.saga SET ended_at = now() WHERE id = 'delivery:1'");
  });

  it("finds sagas whose keys are hard to write in a path", async () => {
    for (const key of [
      "a/b",
      "50%",
      "it's",
      'say "hi"',
      "a b?c#d",
      "naïve ☃ 🦊",
      "..",
      "%2F",
      "x:y",
      "a".repeat(255),
    ]) {
      const id = await sagas.begin(key, ...stuckInPay);
      const path = `/sagas/${encodeURIComponent(id)}`;
      assert.equal((await ask("GET", path)).body.id, id);
      assert.equal((await ask("POST", `${path}/retry`, { ...pay, revision: "3" })).body.id, id, key);
    }
  });

  it("knows no saga that is not there", async () => {
    for (const id of ["delivery:none", "x", "%00", "retry", "🦊".repeat(100)]) {
      assert.equal((await ask("GET", `/sagas/${encodeURIComponent(id)}`)).status, 404, id);
      const change = { ...pay, revision: "3" };
      assert.equal((await ask("POST", `/sagas/${encodeURIComponent(id)}/retry`, change)).status, 404, id);
    }
  });

  it("answers 400 to what no operator can mean, and does nothing", async () => {
    const id = await sagas.begin("1", ...stuckInPay);
    const change = { ...pay, revision: "3" };
    for (const [verb, body] of [
      ["retry", undefined],
      ["retry", pay],
      ["retry", { ...change, revision: "x" }],
      ["retry", { ...change, revision: 3 }],
      ["retry", { ...change, reason: "" }],
      ["retry", { ...change, reason: "r".repeat(10_000) }],
      ["retry", { ...change, reason: "nul \u0000" }],
      ["retry", { ...change, direction: "sideways" }],
      ["retry", { ...change, data: {} }],
      ["retry", { ...change, force: true }],
      ["complete", { ...change, data: [] }],
      ["complete", { ...change, data: "paid" }],
      ["complete", { ...change, data: { paymentId: "\u0000" } }],
      ["cancel", change],
    ] as const) {
      const { status, body: answer } = await ask("POST", `/sagas/${id}/${verb}`, body);
      assert.equal(status, 400, JSON.stringify([verb, body]).slice(0, 200));
      assert.equal(typeof answer.detail, "string");
    }
    const bulk = { ...pay, filter: {}, expectedCount: 1 };
    for (const body of [
      { ...bulk, filter: { step: "pay" } },
      { ...bulk, filter: { since: "2h" } },
      { ...bulk, expectedCount: -1 },
      { ...bulk, step: undefined },
      pay,
    ])
      assert.equal((await ask("POST", "/sagas/retry", body)).status, 400, JSON.stringify(body));
    assert.equal((await ask("GET", `/sagas/${id}`)).body.revision, "3");
  });

  it("answers an empty page where the service hosts none, and asks no table for it", async () => {
    await app.close();
    app = await makeApp(adminVerbs({ name: "stock" } as ServiceDefinition, sagas.database, noSagas));
    assert.deepEqual((await ask("GET", "/sagas")).body, { items: [], total: 0, hosts: [] });
    assert.equal((await ask("GET", "/sagas/delivery:1")).status, 404);
    assert.equal((await ask("POST", "/sagas/retry", { ...pay, filter: {}, expectedCount: 2 })).body.actualCount, 0);
  });
});
