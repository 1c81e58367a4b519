import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { createService, type Service } from "../../../../templates/runtime/src/service/host.ts";
import { ordersDefinition, ordersImplementation } from "./orders.fixture.ts";
import { ask, type Surroundings, surroundings } from "./running.ts";

const line = fc.record({ sku: fc.string({ unit: "grapheme", minLength: 1 }), quantity: fc.integer() });
const valid = fc.record({ orderId: fc.uuid(), lines: fc.array(line, { maxLength: 3 }) });

/** A valid body with one thing in it replaced, removed or added. */
const broken = fc
  .tuple(valid, fc.constantFrom("orderId", "lines", "extra", "constructor", "__proto__"), fc.jsonValue(), fc.boolean())
  .map(([body, name, value, remove]) => {
    const entries = Object.entries(body).filter(([key]) => key !== name);
    return JSON.stringify(Object.fromEntries(remove ? entries : [...entries, [name, value]]));
  });

const anything = fc.oneof(
  broken,
  fc.json(),
  fc.string({ unit: "binary" }),
  valid.map((body) => JSON.stringify(body).slice(0, -2)),
  fc.tuple(valid, fc.string({ unit: "binary" })).map(([body, note]) => JSON.stringify({ ...body, note })),
);

describe("bodies of every kind", () => {
  let around: Surroundings;
  let service: Service;
  before(async () => {
    around = await surroundings();
    service = createService(ordersDefinition, ordersImplementation, { ...around.config, role: "http" }, around.options);
    await service.start();
  });
  after(async () => {
    await service.stop();
    await around.close();
  });
  const place = (raw: string) => ask(service.addresses.http ?? "", "/commands/place-order", { raw });

  // Removed once: findUnstorable in routes.ts. Then PostgreSQL's refusals are answered as 500, and this is red.
  it("are accepted or refused, never a failure of the service", async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (raw) => {
        const { status, headers, body } = await place(raw);
        assert.ok([200, 400, 409].includes(status), `${status} for ${raw}: ${JSON.stringify(body)}`);
        if (status === 400) assert.equal(headers.get("content-type"), "application/problem+json");
      }),
      { numRuns: 400 },
    );
  });

  it("are accepted when they keep the contract", async () => {
    await fc.assert(
      fc.asyncProperty(valid, async (body) => {
        const { status } = await place(JSON.stringify({ ...body, orderId: randomUUID() }));
        assert.equal(status, body.lines.length === 0 ? 409 : 200);
      }),
      { numRuns: 100 },
    );
  });

  // Removed once: the look at the id in findViolation. Then an id too long for an index is answered as 500.
  it("need an aggregate's id of a length that can be a key, and get it back by that id", async () => {
    const open = {
      schema: { type: "object", additionalProperties: true },
      emits: ["OrderPlaced", "OrderRejected"],
      http: true,
    };
    const loose = createService(
      { ...ordersDefinition, commands: { ...ordersDefinition.commands, PlaceOrder: open } },
      ordersImplementation,
      { ...around.config, role: "http" },
      around.options,
    );
    await loose.start();
    try {
      const url = loose.addresses.http ?? "";
      const post = (orderId: unknown) => ask(url, "/commands/place-order", { body: { orderId, lines: [] } });
      for (const orderId of ["", "é".repeat(256), "x".repeat(10_000), 1.5, {}, null, true]) {
        const { status, body } = await post(orderId);
        assert.deepEqual([status, body.errors[0].pointer], [400, "#/orderId"]);
      }
      assert.equal((await ask(url, `/aggregates/${encodeURIComponent("語".repeat(255))}`)).status, 404);
    } finally {
      await loose.stop();
    }
  });

  it("with quotes, markup and SQL in them come back as they went in", async () => {
    const orderId = randomUUID();
    const sku = `'; DROP TABLE aggregates; -- "<%= %> $(id) \u2028 ${"\\"} é`;
    const { body } = await place(JSON.stringify({ orderId, lines: [{ sku, quantity: 1 }] }));
    assert.equal(body.events[0].data.lines[0].sku, sku);
    const { rows } = await around.database.query<{ payload: { lines: { sku: string }[] } }>(
      "SELECT payload FROM public.outbox WHERE aggregateid = $1",
      [orderId],
    );
    assert.equal(rows[0]?.payload.lines[0]?.sku, sku);
  });
});
