import assert from "node:assert/strict";
import fc from "fast-check";
import type { IncomingRecord } from "../../../../templates/runtime/src/broker/broker.ts";
import {
  decodeRecord,
  encodeRecord,
  MalformedMessageError,
  newEnvelope,
} from "../../../../templates/runtime/src/message/codec.ts";
import type { Envelope } from "../../../../templates/runtime/src/message/message.ts";

const envelope: Envelope = {
  id: "0b9d3f5e-3f0a-4b53-9c28-7a54c1f3a001",
  type: "orders.OrderPlaced",
  source: "/orders",
  subject: "order-1",
  time: "2026-03-01T12:00:00.000Z",
  dataschema: "contracts/orders/OrderPlaced/1",
  correlationid: "c-1",
  aggregateversion: "9007199254740993",
};

const received = (changes: Partial<IncomingRecord> = {}): IncomingRecord => ({
  ...encodeRecord(envelope, "orders.order.events", "order-1", { total: 3 }),
  partition: 2,
  offset: 17n,
  timestamp: new Date(0),
  ...changes,
});

describe("message codec", () => {
  it("puts the envelope into the header eda, and id and type into headers of their own", () => {
    const { headers, value } = received();
    assert.deepEqual(Object.keys(headers).sort(), ["eda", "id", "type"]);
    assert.deepEqual(JSON.parse(headers.eda!), envelope);
    assert.equal(headers.id, envelope.id);
    assert.equal(headers.type, "orders.OrderPlaced");
    assert.equal(new TextDecoder().decode(value), '{"total":3}');
  });

  it("reads back what it wrote", () => {
    assert.deepEqual(decodeRecord(received()), {
      ...envelope,
      topic: "orders.order.events",
      key: "order-1",
      data: { total: 3 },
    });
  });

  it("reads back any data and any texts", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 });
    fc.assert(
      fc.property(fc.jsonValue(), text, text, (data, key, subject) => {
        const record = encodeRecord({ ...envelope, subject }, "t", key, data);
        const message = decodeRecord({ ...received(), ...record });
        assert.deepEqual(JSON.stringify(message.data), JSON.stringify(data));
        assert.equal(message.key, key);
        assert.equal(message.subject, subject);
      }),
    );
  });

  it("keeps an attribute that it does not know: a newer producer is no malformed one", () => {
    const headers = { eda: JSON.stringify({ ...envelope, later: "x" }) };
    assert.equal((decodeRecord(received({ headers })) as unknown as { later: string }).later, "x");
  });

  const without = (name: keyof Envelope) => ({ eda: JSON.stringify({ ...envelope, [name]: undefined }) });
  const withOne = (name: keyof Envelope, value: unknown) => ({ eda: JSON.stringify({ ...envelope, [name]: value }) });
  const malformed: readonly (readonly [string, Partial<IncomingRecord>, RegExp])[] = [
    ["without the header", { headers: {} }, /no header `eda`/],
    ["with a header that is no JSON", { headers: { eda: "{" } }, /header `eda` is no JSON/],
    ["with a header that is no object", { headers: { eda: "[]" } }, /is no object/],
    ["without an id", { headers: without("id") }, /no `id`/],
    ["with an id that is no UUID", { headers: withOne("id", "1") }, /`id` is no UUID/],
    ["without a correlation", { headers: without("correlationid") }, /no `correlationid`/],
    ["with a version that is a number", { headers: withOne("aggregateversion", 3) }, /`aggregateversion` is no text/],
    ["with a version that is no number", { headers: withOne("aggregateversion", "x") }, /no decimal number/],
    ["with an unknown saga direction", { headers: withOne("sagadirection", "up") }, /none of forward/],
    ["with a saga attempt in words", { headers: withOne("sagaattempt", "two") }, /`sagaattempt` is no whole number/],
    ["with a value that is no JSON", { value: new Uint8Array([1]) }, /value is no JSON/],
    ["with a value that is no UTF-8", { value: new Uint8Array([0x22, 0xff, 0x22]) }, /value is no JSON/],
    ["with an empty value", { value: new Uint8Array() }, /value is no JSON/],
  ];
  for (const [what, changes, message] of malformed) {
    it(`refuses a record ${what}, with its place`, () => {
      assert.throws(
        () => decodeRecord(received(changes)),
        (error) => {
          assert.ok(error instanceof MalformedMessageError);
          assert.match(error.message, /^the record at orders\.order\.events\[2\]@17 is no message/);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  it("answers anything with a message or a MalformedMessageError", () => {
    fc.assert(
      fc.property(fc.option(fc.oneof(fc.string(), fc.json()), { nil: undefined }), fc.uint8Array(), (eda, value) => {
        try {
          decodeRecord(received({ headers: eda === undefined ? {} : { eda }, value }));
        } catch (error) {
          assert.ok(error instanceof MalformedMessageError);
        }
      }),
    );
  });
});

describe("newEnvelope", () => {
  const given = { type: "orders.OrderPlaced", source: "/orders", subject: "order-1" };

  it("mints an id and a time, and begins a conversation with that id", () => {
    const made = newEnvelope(given);
    assert.match(made.id, /^[0-9a-f-]{36}$/);
    assert.equal(made.correlationid, made.id);
    assert.equal(new Date(made.time).toISOString(), made.time);
  });

  it("keeps an id, a time and a correlation that are given", () => {
    const fixed = { ...given, id: envelope.id, time: envelope.time, correlationid: "c" };
    assert.deepEqual(newEnvelope(fixed), fixed);
  });
});
