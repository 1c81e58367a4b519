import assert from "node:assert/strict";
import type { FastifyInstance, InjectOptions } from "fastify";
import { pino } from "pino";
import { type AdminVerbs, createAdminApp } from "../../../../templates/runtime/src/service/admin.ts";
import type { DeadLetterDetail } from "../../../../templates/runtime/src/service/admin-api.ts";
import { createHealth } from "../../../../templates/runtime/src/service/health.ts";
import { createMetrics } from "../../../../templates/runtime/src/service/metrics.ts";
import { noSagas } from "../../../../templates/runtime/src/service/saga-verbs.ts";

const token = "a-token-of-more-than-sixteen-characters";
const letter: DeadLetterDetail = {
  id: "7",
  consumer: "orders",
  messageId: "018f3b1e-0000-7000-8000-000000000000",
  type: "inventory.StockReserved",
  topic: "inventory.stock.events",
  key: "k/1",
  status: "failed",
  attempts: 5,
  error: "no such order",
  failedAt: "2026-01-01T00:00:00.000Z",
  partition: 0,
  offset: "12",
  headers: {},
  data: {},
};

/** Two letters that match; what was called is kept in `calls`. */
function verbs(calls: unknown[]): AdminVerbs {
  const called =
    <T>(name: string, result: T) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      return result;
    };
  return {
    deadLetters: {
      list: called("list", { items: [letter], total: 2 }),
      show: async (id) => (id === letter.id ? letter : undefined),
      replay: async (id) => called("replay", id === letter.id)(id),
      discard: async (id, reason) => called("discard", id === letter.id)(id, reason),
      replayAll: called("replayAll", 2),
      discardAll: called("discardAll", 2),
    },
    outbox: {
      status: async () => ({ unpublished: 3, oldestUnpublishedSeconds: 1.5, oldestTransactionSeconds: 7, parked: [] }),
      unpark: async (aggregateType, aggregateId) => called("unpark", aggregateId === "a/1")(aggregateType, aggregateId),
    },
    sagas: noSagas,
    journal: { show: async () => assert.fail(), handled: async () => assert.fail() },
  };
}

describe("the admin interface", () => {
  let calls: unknown[];
  let app: FastifyInstance;
  const make = (given: string | undefined) =>
    createAdminApp({
      log: pino({ level: "silent" }),
      metrics: createMetrics("orders"),
      health: createHealth(),
      token: given,
      verbs: verbs(calls),
    });
  beforeEach(async () => {
    calls = [];
    app = await make(token);
  });
  afterEach(() => app.close());

  async function ask(method: "GET" | "POST", url: string, payload?: object, authorization = `Bearer ${token}`) {
    const options: InjectOptions = { method, url, headers: { authorization } };
    const answer = await app.inject(payload === undefined ? options : { ...options, payload });
    return { status: answer.statusCode, body: answer.json() };
  }

  // Removed once: requireToken in admin.ts. Then this is red.
  it("asks every verb for the token", async () => {
    for (const [method, url] of [
      ["GET", "/dead-letters"],
      ["GET", "/dead-letters/7"],
      ["POST", "/dead-letters/7/replay"],
      ["POST", "/dead-letters/7/discard"],
      ["POST", "/dead-letters/replay"],
      ["POST", "/dead-letters/discard"],
      ["GET", "/outbox"],
      ["POST", "/outbox/parked/Order/a/unpark"],
      ["GET", "/journal/story-1"],
      ["POST", "/journal/handled"],
      ["GET", "/sagas"],
      ["GET", "/sagas/payment:1"],
      ["POST", "/sagas/payment:1/retry"],
      ["POST", "/sagas/retry"],
    ] as const) {
      assert.equal((await ask(method, url, undefined, "")).status, 401, `${method} ${url}`);
      assert.equal((await ask(method, url, undefined, `Bearer ${token}x`)).status, 403, `${method} ${url}`);
    }
    assert.deepEqual(calls, []);
  });

  it("answers 403 to every verb when the service has no token", async () => {
    await app.close();
    app = await make(undefined);
    assert.equal((await ask("GET", "/dead-letters")).status, 403);
    assert.equal((await ask("GET", "/outbox", undefined, "Bearer undefined")).status, 403);
    assert.match((await ask("GET", "/outbox")).body.detail, /started without ADMIN_TOKEN/);
  });

  it("shows metrics and health to anyone who reaches it", async () => {
    assert.equal((await app.inject("/metrics")).statusCode, 200);
    assert.equal((await app.inject("/health/live")).statusCode, 200);
    assert.equal((await app.inject("/health/ready")).statusCode, 503);
  });

  it("lists dead letters by filter and page", async () => {
    const { status, body } = await ask("GET", "/dead-letters?type=inventory.StockReserved&limit=5&after=3");
    assert.deepEqual([status, body], [200, { items: [letter], total: 2 }]);
    await ask("GET", "/dead-letters?limit=999");
    assert.deepEqual(calls, [
      ["list", { type: "inventory.StockReserved" }, { limit: 5, after: "3" }],
      ["list", {}, { limit: 500 }],
    ]);
    for (const query of ["limit=x", "after=-1", "tpye=a", "limit=1&limit=2"])
      assert.equal((await ask("GET", `/dead-letters?${query}`)).status, 400, query);
  });

  it("shows, replays and discards one", async () => {
    assert.deepEqual(await ask("GET", "/dead-letters/7"), { status: 200, body: letter });
    assert.deepEqual(await ask("POST", "/dead-letters/7/replay"), { status: 200, body: { count: 1 } });
    assert.deepEqual(await ask("POST", "/dead-letters/7/discard", { reason: "test data" }), {
      status: 200,
      body: { count: 1 },
    });
    assert.deepEqual(calls, [
      ["replay", "7"],
      ["discard", "7", "test data"],
    ]);
  });

  it("says what it does not have", async () => {
    assert.equal((await ask("GET", "/dead-letters/8")).status, 404);
    assert.equal((await ask("POST", "/dead-letters/8/replay")).status, 404);
    assert.equal((await ask("POST", "/dead-letters/8/discard", { reason: "r" })).status, 404);
    assert.equal((await ask("GET", "/dead-letters/x")).status, 400);
    assert.equal((await ask("POST", "/outbox/parked/Order/b/unpark")).status, 404);
  });

  it("wants a reason for what is thrown away", async () => {
    for (const body of [undefined, {}, { reason: "" }, { reason: 1 }, { reason: "nul \u0000" }])
      assert.equal((await ask("POST", "/dead-letters/7/discard", body)).status, 400);
    assert.deepEqual(calls, []);
  });

  it("does in bulk what was counted, and nothing when the count has changed", async () => {
    const filter = { key: "k/1" };
    assert.deepEqual(await ask("POST", "/dead-letters/replay", { filter, expectedCount: 2 }), {
      status: 200,
      body: { count: 2 },
    });
    const { status, body } = await ask("POST", "/dead-letters/discard", { filter, expectedCount: 1, reason: "r" });
    assert.deepEqual([status, body.actualCount], [409, 2]);
    assert.deepEqual(calls, [
      ["replayAll", filter, 2],
      ["discardAll", filter, 1, "r"],
    ]);
    for (const bulk of [
      {},
      { filter },
      { expectedCount: 1 },
      { filter, expectedCount: -1 },
      { filter: { x: 1 }, expectedCount: 1 },
    ])
      assert.equal((await ask("POST", "/dead-letters/replay", bulk)).status, 400);
  });

  it("shows the outbox and gives a parked aggregate back, also one with a slash in its id", async () => {
    assert.equal((await ask("GET", "/outbox")).body.unpublished, 3);
    assert.equal((await ask("POST", "/outbox/parked/Order/a%2F1/unpark")).status, 200);
    assert.deepEqual(calls, [["unpark", "Order", "a/1"]]);
  });
});
