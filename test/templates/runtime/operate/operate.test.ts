import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { removeRunning } from "../../../../templates/runtime/src/embedded/running-file.ts";
import { operate } from "../../../../templates/runtime/src/operate/operate.ts";
import { type AdminVerbs, createAdminApp } from "../../../../templates/runtime/src/service/admin.ts";
import type { DeadLetterDetail, DeadLetterFilter } from "../../../../templates/runtime/src/service/admin-api.ts";
import { createHealth } from "../../../../templates/runtime/src/service/health.ts";
import { createMetrics } from "../../../../templates/runtime/src/service/metrics.ts";
import { noSagas } from "../../../../templates/runtime/src/service/saga-verbs.ts";
import { runningShop } from "./running-shop.ts";

const TOKEN = "a-token-of-some-length";

describe("eda-operate", () => {
  let root: string;
  let app: FastifyInstance;
  let url: string;
  let letters: DeadLetterDetail[];
  let done: string[];

  before(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), "eda operate "));
    app = await createAdminApp({
      log: pino({ level: "silent" }),
      metrics: createMetrics("stock"),
      health: createHealth(),
      token: TOKEN,
      verbs: verbs(),
    });
    url = await app.listen({ port: 0, host: "127.0.0.1" });
  });
  after(async () => {
    await app.close();
    rmSync(root, { recursive: true, force: true });
  });
  beforeEach(() => {
    letters = [letter("7", "orders.OrderPlaced"), letter("12", "orders.OrderCancelled")];
    done = [];
    running("stock");
  });
  afterEach(() => removeRunning(root));

  it("lists dead letters as lines of at most 80 columns, without what would move the cursor", async () => {
    const { code, out } = await run("dead-letters", "list");
    assert.equal(code, 0);
    assert.ok(
      out.split("\n").every((line) => line.length <= 80),
      out,
    );
    assert.match(
      out,
      /^id {2}status {2}tries {2}failed at\n7 {3}failed {2}5 {6}2026-11-24 22:40:12Z\n {2}orders\.OrderPlaced {2}key 5f1c/,
    );
    assert.equal(out.includes("\u001b"), false);
  });

  it("says when there are none, and how to see more", async () => {
    assert.match((await run("dead-letters", "list", "--limit", "1")).out, /\n1 of 2; more with --after 7$/);
    assert.equal((await run("dead-letters", "list", "--type", "none")).out, "no dead letters in stock");
  });

  it("gives the endpoint's own JSON on request", async () => {
    const { out } = await run("dead-letters", "list", "--key", "5f1c", "--format", "json");
    const page = JSON.parse(out) as { total: number; items: { id: string }[] };
    assert.deepEqual([page.total, page.items.map(({ id }) => id)], [2, ["7", "12"]]);
  });

  it("shows one with its data and stack", async () => {
    const { code, out } = await run("dead-letters", "show", "7");
    assert.equal(code, 0);
    assert.match(out, /^id +7$[\s\S]*^headers$[\s\S]*^data$\n {2}\{\n {4}"sku": "A"\n {2}\}\nstack\n {2}Error: /m);
    assert.deepEqual(await run("dead-letters", "show", "99"), {
      code: 1,
      out: "",
      error: "stock: there is no dead letter 99",
    });
  });

  it("replays and discards one", async () => {
    assert.equal((await run("dead-letters", "replay", "7")).out, "1 dead letter handed to its consumer again");
    assert.equal(
      (await run("dead-letters", "discard", "12", "--reason", " test order ")).out,
      "1 dead letter discarded",
    );
    assert.deepEqual(done, ["replay 7", "discard 12: test order"]);
  });

  it("does nothing in bulk without --yes, and shows the count", async () => {
    assert.deepEqual(await run("dead-letters", "replay", "--all"), {
      code: 1,
      out: "",
      error: "2 dead letters of stock match: nothing was done. To replay them, add --yes --count 2",
    });
    assert.deepEqual(done, []);
  });

  it("does in bulk what was counted, and refuses when another number matches", async () => {
    const other = await run("dead-letters", "replay", "--all", "--yes", "--count", "3");
    assert.deepEqual([other.code, other.error], [1, "2 dead letters of stock match, not 3: nothing was done"]);
    const all = await run("dead-letters", "discard", "--all", "--reason", "old", "--yes", "--count", "2");
    assert.equal(all.out, "2 dead letters discarded");
    assert.equal((await run("dead-letters", "replay", "--all", "--type", "orders.OrderPlaced", "--yes")).code, 0);
    assert.deepEqual(done, ["discard all {} of 2: old", 'replay all {"type":"orders.OrderPlaced"} of 1']);
  });

  it("shows the outbox and unparks an aggregate", async () => {
    const { out } = await run("outbox", "status");
    assert.match(out, /^3 messages unpublished, the oldest for 95 s; 1 aggregate parked\n\n/);
    assert.match(out, /Order\n {2}a b\/c\n {2}too large/);
    assert.equal((await run("outbox", "unpark", "Order", "a b/c")).out, "1 aggregate given back to the relay");
    assert.deepEqual(done, ["unpark Order a b/c"]);
  });

  it("refuses to guess which service is meant, naming them", async () => {
    running("orders", "stock");
    assert.deepEqual(await run("outbox", "status"), {
      code: 1,
      out: "",
      error: "several services run here; say which with --service: orders, stock",
    });
    assert.equal((await run("outbox", "status", "--service", "stock")).code, 0);
    assert.match(
      (await run("outbox", "status", "--service", "stok")).error,
      /no service stok runs here; there are: orders, stock/,
    );
  });

  it("says what to do when nothing runs, or does not answer, or has another token", async () => {
    removeRunning(root);
    assert.match((await run("outbox", "status")).error, /nothing runs here: start it with `npm run dev`/);
    const env = (address: string, token?: string) => ({ EDA_ADMIN_URL: address, ...(token && { ADMIN_TOKEN: token }) });
    const gone = await run.with(env("http://127.0.0.1:1", TOKEN))("outbox", "status");
    assert.match(gone.error, /^the service does not answer at http:\/\/127\.0\.0\.1:1: /);
    assert.equal((await run.with(env(url, "another-token-of-some-length"))("outbox", "status")).code, 1);
    assert.match((await run.with(env(url))("outbox", "status")).error, /ADMIN_TOKEN is not/);
    assert.equal((await run.with(env(url, TOKEN))("outbox", "status")).code, 0);
  });

  for (const [args, message] of [
    [[], /^usage: eda /],
    [["dead-letter", "list"], /^there is no command `dead-letter list`\nThere are: dead-letters list, [^\n]+$/],
    [["dead-letters", "show"], /takes ID, and was given none/],
    [["dead-letters", "show", "1; DROP"], /`1; DROP` is no id of a dead letter: `dead-letters list` shows them/],
    [["dead-letters", "replay"], /takes ID, or --all, and was given none/],
    [["dead-letters", "replay", "7", "--yes"], /with --all alone/],
    [["dead-letters", "replay", "7", "--type", "x"], /with --all alone/],
    [["dead-letters", "replay", "7", "--all"], /takes no argument/],
    [["dead-letters", "discard", "7"], /takes --reason TEXT/],
    [["dead-letters", "list", "--limit", "many"], /--limit is `many`: a whole number/],
    [["dead-letters", "list", "--all"], /--all/],
    [["outbox", "status", "--format", "xml"], /one of text, json is expected/],
  ] as const) {
    it(`exits 2 on ${JSON.stringify(args)}`, async () => {
      const { code, error, out } = await run(...args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(error, message);
      assert.deepEqual(done, []);
    });
  }

  it("explains itself in lines of at most 80 columns", async () => {
    const { code, out } = await run("--help");
    assert.equal(code, 0);
    assert.ok(out.split("\n").every((line) => line.length <= 80));
  });

  type Outcome = { code: number; out: string; error: string };
  const run = Object.assign((...args: readonly string[]) => runWith({}, args), {
    with:
      (env: Record<string, string>) =>
      (...args: readonly string[]) =>
        runWith(env, args),
  });

  async function runWith(env: Record<string, string>, args: readonly string[]): Promise<Outcome> {
    let [out, error] = ["", ""];
    const code = await operate(args, {
      root,
      env,
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

  function running(...names: readonly string[]): void {
    runningShop(
      root,
      TOKEN,
      names.map((name) => [name, url]),
    );
  }

  function verbs(): AdminVerbs {
    const matching = ({ type }: DeadLetterFilter) => letters.filter((one) => type === undefined || one.type === type);
    const has = (id: string) => letters.some((one) => one.id === id);
    return {
      deadLetters: {
        list: async (filter, { limit }) => ({
          items: matching(filter).slice(0, limit),
          total: matching(filter).length,
        }),
        show: async (id) => letters.find((one) => one.id === id),
        replay: async (id) => has(id) && done.push(`replay ${id}`) > 0,
        discard: async (id, reason) => has(id) && done.push(`discard ${id}: ${reason}`) > 0,
        replayAll: async (filter, count) => {
          done.push(`replay all ${JSON.stringify(filter)} of ${count}`);
          return matching(filter).length;
        },
        discardAll: async (filter, count, reason) => {
          done.push(`discard all ${JSON.stringify(filter)} of ${count}: ${reason}`);
          return matching(filter).length;
        },
      },
      outbox: {
        status: async () => ({
          unpublished: 3,
          oldestUnpublishedSeconds: 95.2,
          oldestTransactionSeconds: 0,
          parked: [
            {
              topic: "orders.order.events",
              aggregateType: "Order",
              aggregateId: "a b/c",
              messageId: "m",
              attempts: 4,
              error: "too large",
              since: "2026-11-24T22:40:12.000Z",
            },
          ],
        }),
        unpark: async (type, id) => done.push(`unpark ${type} ${id}`) > 0,
      },
      sagas: noSagas,
      journal: { show: async () => assert.fail(), handled: async () => assert.fail() },
    };
  }
});

function letter(id: string, type: string): DeadLetterDetail {
  return {
    id,
    consumer: "stock",
    messageId: "0b0e7a52-7a0b-4c3f-8a53-1f3d3c7d1c10",
    type,
    topic: "orders.order.events",
    key: "5f1c9a6e-3f0e-4d3c-9d51-0f6f6c9d5a11",
    status: "failed",
    attempts: 5,
    error: `\u001b[2Jconnect ECONNREFUSED ${"and so on ".repeat(20)}`,
    failedAt: "2026-11-24T22:40:12.345Z",
    stack: "Error: connect\n    at here",
    partition: 2,
    offset: "42",
    headers: { id: "0b0e" },
    data: { sku: "A" },
  };
}
