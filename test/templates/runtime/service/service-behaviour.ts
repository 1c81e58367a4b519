import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { encodeRecord, newEnvelope } from "../../../../templates/runtime/src/message/codec.ts";
import type { Message } from "../../../../templates/runtime/src/message/message.ts";
import type { Service } from "../../../../templates/runtime/src/service/host.ts";
import { parseTraceparent } from "../../../../templates/runtime/src/service/tracing.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { type Answered, ask, type MakeService, type Surroundings, surroundings } from "./running.ts";

const lines = [{ sku: "apple", quantity: 2 }];
const topic = "orders.order.events";

/** What the fixture's orders service must do, however it keeps its aggregates. */
export function serviceBehaviour(make: MakeService): void {
  let around: Surroundings;
  let service: Service;
  let seen: readonly Message[];

  before(async () => {
    around = await surroundings();
    service = make(around.config, around.options);
    await service.start();
    seen = await around.messages(topic);
  });
  after(async () => {
    await service.stop();
    await around.close();
  });

  const url = () => service.addresses.http ?? "";
  const place = (orderId: string, items: unknown = lines, headers: Record<string, string> = {}) =>
    ask(url(), "/commands/place-order", { body: { orderId, lines: items }, headers });
  const of = (orderId: string) => seen.filter(({ key }) => key === orderId);
  const published = (orderId: string, count = 1) =>
    eventually(() => of(orderId), { until: (found) => found.length >= count, what: `${count} events of ${orderId}` });

  describe("a command over HTTP", () => {
    it("answers with its outcome, and its event reaches the topic", async () => {
      const orderId = randomUUID();
      const { status, body } = await place(orderId);
      assert.equal(status, 200);
      assert.deepEqual(body, {
        outcome: "OrderPlaced",
        events: [{ type: "OrderPlaced", data: { orderId, lines } }],
        token: `orders/Order/${orderId}@1`,
      });
      const [event] = await published(orderId);
      assert.equal(event?.type, "orders.OrderPlaced");
      assert.equal(event.subject, orderId);
      assert.equal(event.aggregateversion, "1");
      assert.equal(event.dataschema, "contracts/orders/OrderPlaced/1");
      assert.deepEqual(event.data, { orderId, lines });
    });

    it("answers 409 for a business failure, whose event is published too", async () => {
      const orderId = randomUUID();
      const { status, body } = await place(orderId, []);
      assert.equal(status, 409);
      assert.equal(body.outcome, "OrderRejected");
      assert.deepEqual(body.events, [{ type: "OrderRejected", data: { orderId, reason: "no lines" } }]);
      assert.equal((await published(orderId))[0]?.type, "orders.OrderRejected");
    });

    it("that changes nothing answers 200 without an outcome", async () => {
      const orderId = randomUUID();
      await place(orderId);
      const { status, body } = await place(orderId);
      assert.deepEqual([status, body], [200, { outcome: null, events: [], token: `orders/Order/${orderId}@1` }]);
    });

    it("has no route unless the manifest says so", async () => {
      assert.equal((await ask(url(), "/commands/confirm-order", { body: { orderId: randomUUID() } })).status, 404);
    });

    it("keeps the order of an aggregate's versions on the topic, also from many at once", async () => {
      const orderId = randomUUID();
      await Promise.all(Array.from({ length: 20 }, () => place(orderId, [])));
      const events = await published(orderId, 20);
      assert.deepEqual(
        events.map(({ aggregateversion }) => aggregateversion),
        Array.from({ length: 20 }, (_, index) => `${index + 1}`),
      );
    });
  });

  describe("an aggregate", () => {
    it("can be read by its id", async () => {
      const orderId = randomUUID();
      await place(orderId);
      const { status, body } = await ask(url(), `/aggregates/${orderId}`);
      assert.deepEqual(
        [status, body],
        [200, { id: orderId, version: "1", state: { status: "placed", rejections: 0 } }],
      );
    });

    it("that nothing has happened to is not there", async () => {
      for (const id of [randomUUID(), "%00", "a%2Fb", "%F0%9F%98%80", "x".repeat(5_000)]) {
        const { status } = await ask(url(), `/aggregates/${id}`);
        assert.ok(status === 404 || status === 414, `${id}: ${status}`);
      }
    });
  });

  describe("a repeated request", () => {
    const key = () => ({ "idempotency-key": randomUUID() });

    it("with the same Idempotency-Key gets the same answer, and nothing happens again", async () => {
      const orderId = randomUUID();
      const headers = key();
      const first = await place(orderId, [], headers);
      const second = await place(orderId, [], headers);
      assert.equal(first.headers.get("idempotent-replayed"), null);
      assert.equal(second.headers.get("idempotent-replayed"), "true");
      assert.deepEqual([second.status, second.body], [first.status, first.body]);
      assert.equal((await ask(url(), `/aggregates/${orderId}`)).body.version, "1");
    });

    it("with the key of another request is refused", async () => {
      const headers = key();
      await place(randomUUID(), lines, headers);
      const { status, body } = await place(randomUUID(), lines, headers);
      assert.equal(status, 422);
      assert.match(body.detail, /used for another request/);
    });

    it("that comes while the first one runs waits and gets its answer", async () => {
      const orderId = randomUUID();
      const headers = key();
      const answers = await Promise.all(Array.from({ length: 8 }, () => place(orderId, [], headers)));
      assert.deepEqual(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1);
      assert.equal(answers.filter(({ headers }) => headers.get("idempotent-replayed") === "true").length, 7);
      assert.equal((await ask(url(), `/aggregates/${orderId}`)).body.version, "1");
    });

    it("after a crash before the commit does the work, once", async () => {
      const orderId = randomUUID();
      const headers = key();
      // The row is held, so the request is inside its transaction when its connection is cut.
      await around.database.session(async (session) => {
        await session.query("BEGIN");
        await session.query("LOCK TABLE public.outbox IN EXCLUSIVE MODE");
        const first = place(orderId, [], headers);
        const [cut] = await eventually(
          async () =>
            (
              await around.database.query(
                `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INTO public.outbox%'`,
              )
            ).rows,
          { until: (rows) => rows.length > 0 },
        );
        assert.ok(cut);
        assert.equal((await first).status, 503);
        await session.query("ROLLBACK");
      });
      const again = await place(orderId, [], headers);
      assert.equal(again.status, 409);
      assert.equal(again.headers.get("idempotent-replayed"), null);
      await published(orderId);
      assert.equal(of(orderId).length, 1);
    });

    it("with an unreadable key is refused", async () => {
      assert.equal((await place(randomUUID(), lines, { "idempotency-key": "a b" })).status, 400);
    });
  });

  describe("an event that the service subscribes to", () => {
    const reserved = (orderId: string, more: Partial<Message> = {}) => {
      const envelope = newEnvelope({
        type: "inventory.StockReserved",
        source: "/inventory",
        subject: orderId,
        ...more,
      });
      return encodeRecord(envelope, "inventory.stock.events", orderId, { orderId });
    };

    it("is handled once, however often it comes", async () => {
      const orderId = randomUUID();
      await place(orderId);
      const record = reserved(orderId);
      await around.broker.publish([record, record]);
      await around.broker.publish([record]);
      const events = await published(orderId, 2);
      assert.deepEqual(
        events.map(({ type }) => type),
        ["orders.OrderPlaced", "orders.OrderConfirmed"],
      );
      assert.equal((await ask(url(), `/aggregates/${orderId}`)).body.version, "2");
    });

    it("passes its correlation and trace on, and is named as the cause", async () => {
      const orderId = randomUUID();
      await place(orderId);
      const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
      const record = reserved(orderId, { correlationid: "from-far", traceparent });
      await around.broker.publish([record]);
      const [, confirmed] = await published(orderId, 2);
      assert.equal(confirmed?.correlationid, "from-far");
      assert.equal(confirmed.causationid, record.headers.id);
      const trace = parseTraceparent(confirmed.traceparent);
      assert.equal(trace?.traceId, "a".repeat(32));
      assert.notEqual(trace?.spanId, "b".repeat(16));
    });

    it("of a type that nobody reacts to is passed over", async () => {
      const orderId = randomUUID();
      await place(orderId);
      await around.broker.publish([reserved(orderId, { type: "inventory.StockCounted" }), reserved(orderId)]);
      await published(orderId, 2);
    });
  });

  describe("the correlation id", () => {
    it("of the request is taken, returned and carried into the event", async () => {
      const orderId = randomUUID();
      const traceparent = `00-${"c".repeat(32)}-${"d".repeat(16)}-00`;
      const { headers } = await place(orderId, lines, { "x-correlation-id": "order-17", traceparent });
      assert.equal(headers.get("x-correlation-id"), "order-17");
      const [event] = await published(orderId);
      assert.equal(event?.correlationid, "order-17");
      assert.equal(event.causationid, undefined);
      assert.match(event.traceparent ?? "", new RegExp(`^00-${"c".repeat(32)}-(?!d{16})[0-9a-f]{16}-00$`));
      assert.ok(around.logged.some((line) => line.correlationid === "order-17" && line.msg === "request"));
    });

    it("is made where the request has none", async () => {
      const orderId = randomUUID();
      const { headers } = await place(orderId);
      const [event] = await published(orderId);
      assert.equal(event?.correlationid, headers.get("x-correlation-id"));
    });
  });

  describe("a request that breaks the contract", () => {
    const refused = async (answer: Promise<Answered>, status: number) => {
      const { status: actual, headers, body } = await answer;
      assert.equal(actual, status, JSON.stringify(body));
      assert.equal(headers.get("content-type"), "application/problem+json");
      assert.equal(body.status, status);
      return body;
    };
    const post = (raw: string, headers: Record<string, string> = {}) =>
      ask(url(), "/commands/place-order", { raw, headers });

    it("is answered with the place of its fault", async () => {
      const body = await refused(place(randomUUID(), [{ sku: "a", quantity: "2" }]), 400);
      assert.deepEqual(body.errors, [{ pointer: "#/lines/0/quantity", detail: "must be integer" }]);
    });

    it("may be no JSON, of another type, too large, or what a database cannot keep", async () => {
      const orderId = randomUUID();
      await refused(post("{"), 400);
      await refused(post(""), 400);
      await refused(post("null"), 400);
      await refused(post("{}", { "content-type": "text/plain" }), 415);
      await refused(post(JSON.stringify({ note: "x".repeat(1 << 20) })), 413);
      await refused(post(`{"orderId":"${orderId}","lines":[],"note":"\\u0000"}`), 400);
      await refused(post(`{"orderId":"${orderId}","lines":[],"note":"\\ud800"}`), 400);
      await refused(post(`{"orderId":"${orderId}","lines":[],"note":1e999}`), 400);
      await refused(post(`{"orderId":"${orderId}","lines":[],"note":${"[".repeat(9999)}${"]".repeat(9999)}}`), 400);
      await refused(post(`{"orderId":"${orderId}","lines":[],"__proto__":{"a":1}}`), 400);
    });
  });
}
