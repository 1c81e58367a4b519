import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { operate } from "../../../../../templates/runtime/src/operate/operate.ts";
import type { Timeline } from "../../../../../templates/runtime/src/operate/trace/timeline.ts";
import { createService, type Service } from "../../../../../templates/runtime/src/service/host.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { inventoryDefinition, inventoryImplementation } from "../../service/inventory.fixture.ts";
import { ordersDefinition, ordersImplementation } from "../../service/orders.fixture.ts";
import { adminToken, ask, type Surroundings, surroundings } from "../../service/running.ts";
import { runningShop } from "../running-shop.ts";
import { grammarFault } from "./mermaid-grammar.ts";

const good = "0a4c7c8e-5b0f-4a53-9c1a-3f7a6d0c9e11";
const bad = "0a4c7c8e-5b0f-4a53-9c1a-3f7a6d0c9e99";

describe("eda-operate trace, of two running services", function () {
  this.timeout(60_000);
  let root: string;
  let around: Surroundings;
  let neighbour: Surroundings;
  let orders: Service;
  let inventory: Service;

  before(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), "eda trace "));
    around = await surroundings();
    neighbour = await surroundings(around);
    orders = createService(ordersDefinition, ordersImplementation, around.config, around.options);
    const reserve = inventoryImplementation.reactions["orders.OrderPlaced"]!;
    const failing = {
      ...inventoryImplementation,
      reactions: {
        "orders.OrderPlaced": async (...[message, context]: Parameters<typeof reserve>) => {
          if (message.data.orderId === bad) throw new Error("no such shelf");
          await reserve(message, context);
        },
      },
    };
    const retry = { attempts: 2, initialMs: 1 };
    inventory = createService(inventoryDefinition, failing, neighbour.config, { ...neighbour.options, retry });
    await Promise.all([orders.start(), inventory.start()]);
    running(["orders", orders.addresses.admin], ["inventory", inventory.addresses.admin]);
  });
  after(async () => {
    await Promise.all([orders.stop(), inventory.stop()]);
    await neighbour.close();
    await around.close();
    rmSync(root, { recursive: true, force: true });
  });

  it("tells the story from the request to the last handler, with who handled what when", async () => {
    await place(good, "story-good");
    const { entries, gaps, services } = await story("story-good", 6);
    assert.deepEqual(
      entries.map(({ service, kind, what }) => `${service} ${kind} ${what}`),
      [
        "orders request PlaceOrder",
        "orders event OrderPlaced",
        "inventory handled OrderPlaced",
        "inventory event StockReserved",
        "orders handled StockReserved",
        "orders event OrderConfirmed",
      ],
    );
    assert.deepEqual([services, gaps], [["orders", "inventory"], []]);
    assert.match(entries[0]?.detail ?? "", /^answered 200 in \d+ ms$/);
    assert.equal(entries[2]?.messageId, entries[1]?.messageId);
    const { out, code } = await run("trace", "story-good");
    assert.equal(code, 0);
    assert.match(out, /^story-good: 6 entries, 2 services, /);
    assert.match(out, /^[\d:.]{12} +\+[\d.]+ m?s {2}inventory handled OrderPlaced [0-9a-f]{8}/m);
    const diagram = (await run("trace", "story-good", "--format", "mermaid")).out;
    assert.equal(grammarFault(diagram), undefined);
    assert.match(diagram, /^ {2}p1->>p2: OrderPlaced/m);
    assert.match(diagram, /^ {2}p2->>p1: StockReserved/m);
  });

  it("tells of a request that was refused, and of one that was answered again", async () => {
    const placing = { orderId: "no id", lines: [] };
    assert.equal(
      (await ask(url(), "/commands/place-order", { body: placing, headers: story1("refused") })).status,
      400,
    );
    const headers = { ...story1("twice"), "idempotency-key": "k-1" };
    const body = { orderId: "0a4c7c8e-5b0f-4a53-9c1a-3f7a6d0c9e55", lines: [{ sku: "A", quantity: 1 }] };
    for (let n = 0; n < 2; n++) await ask(url(), "/commands/place-order", { body, headers });
    const refused = await story("refused", 1);
    assert.match(refused.entries[0]?.detail ?? "", /^answered 400 in/);
    const twice = await story("twice", 7);
    assert.equal(twice.entries.filter(({ kind }) => kind === "event").length, 3);
    assert.equal(twice.entries.filter(({ detail }) => /the answer of an earlier request/.test(detail ?? "")).length, 1);
  });

  it("tells of a dead letter, and of the operator who discarded it", async () => {
    await place(bad, "story-bad");
    const kinds = (timeline: Timeline) => timeline.entries.map(({ kind }) => kind);
    assert.deepEqual(kinds(await story("story-bad", 3)), ["request", "event", "dead letter"]);
    const letters = await run("dead-letters", "list", "--service", "inventory", "--format", "json");
    const [letter] = (JSON.parse(letters.out) as { items: { id: string }[] }).items;
    await run("dead-letters", "discard", letter!.id, "--reason", "shelf is gone", "--service", "inventory");
    const { entries } = await story("story-bad", 4);
    assert.deepEqual(
      entries.slice(2).map(({ kind, detail, sender }) => [kind, detail, sender]),
      [
        ["dead letter", "given up after 2 attempts: no such shelf", "orders"],
        ["operator", "discarded: shelf is gone", "orders"],
      ],
    );
  });

  it("finds what has not left yet", async () => {
    const envelope = {
      id: good,
      type: "orders.OrderPlaced",
      source: "/orders",
      subject: "s",
      correlationid: "story-kept",
    };
    await around.database.query(
      `INSERT INTO public.outbox (id, aggregatetype, aggregateid, type, payload, topic, headers)
       VALUES ($1, 'Order', 's', 'orders.OrderPlaced', '{}', 'nowhere', $2)`,
      [good, JSON.stringify({ ...envelope, time: new Date().toISOString() })],
    );
    const { entries } = await story("story-kept", 1);
    assert.deepEqual([entries[0]?.kind, entries[0]?.detail], ["event", "not sent yet"]);
    await around.database.query("DELETE FROM public.outbox WHERE id = $1", [good]);
  });

  it("says which service does not answer, and what it therefore lacks", async () => {
    running(["orders", orders.addresses.admin], ["inventory", "http://127.0.0.1:1"]);
    const { out, code } = await run("trace", "story-good");
    running(["orders", orders.addresses.admin], ["inventory", inventory.addresses.admin]);
    assert.equal(code, 0);
    assert.match(out, /^missing: inventory does not answer at http:\/\/127\.0\.0\.1:1: /m);
    assert.match(out, /^missing: a message that led to what is shown is not kept any more/m);
  });

  it("refuses an id that nobody knows, and says how long things are known", async () => {
    const { code, error } = await run("trace", "nobody");
    assert.equal(code, 1);
    assert.match(
      error,
      /^nothing is known under nobody: no request, message or saga of that id in orders, inventory\.\n/,
    );
    assert.equal((await run("trace", "\u0000")).code, 1);
  });

  for (const [args, message] of [
    [["trace"], /takes one ID/],
    [["trace", "a", "b"], /takes one ID.*given a b/],
    [["trace", "a", "--format", "svg"], /one of text, json, mermaid/],
    [["trace", "a", "--all"], /--all/],
  ] as const) {
    it(`exits 2 on ${args.join(" ")}`, async () => {
      const { code, error } = await run(...args);
      assert.equal(code, 2);
      assert.match(error, message);
    });
  }

  const url = () => orders.addresses.http ?? "";
  const story1 = (id: string) => ({ "x-correlation-id": id });

  async function place(orderId: string, id: string): Promise<void> {
    const body = { orderId, lines: [{ sku: "A", quantity: 1 }] };
    assert.equal((await ask(url(), "/commands/place-order", { body, headers: story1(id) })).status, 200);
  }

  /** Looks until so many entries are there. */
  async function story(id: string, entries: number): Promise<Timeline> {
    return eventually(async () => JSON.parse((await run("trace", id, "--format", "json")).out) as Timeline, {
      until: (timeline) => timeline.entries.length >= entries,
      what: `${entries} entries of ${id}`,
    });
  }

  async function run(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
    let [out, error] = ["", ""];
    const code = await operate(args, {
      root,
      env: {},
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

  function running(...services: readonly (readonly [name: string, adminUrl: string])[]): void {
    runningShop(root, adminToken, services);
  }
});
