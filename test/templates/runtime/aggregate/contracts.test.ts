import assert from "node:assert/strict";
import { compileContracts } from "../../../../templates/runtime/src/aggregate/contracts.ts";
import { ordersDefinition } from "../service/orders.fixture.ts";

const id = "7f6f5a0e-3b9f-4f0e-9d33-1f1e6a2b3c4d";

describe("contracts", () => {
  const contracts = compileContracts(ordersDefinition);
  const place = (data: unknown) => contracts.command("PlaceOrder", data);

  it("accept what the schema allows", () => {
    assert.equal(place({ orderId: id, lines: [{ sku: "a", quantity: 1 }] }), undefined);
    assert.equal(contracts.event("OrderConfirmed", { orderId: id }), undefined);
  });

  it("point at what is wrong, as a JSON pointer", () => {
    assert.deepEqual(place({ orderId: id, lines: [{ sku: "a", quantity: 1.5 }] }), {
      pointer: "#/lines/0/quantity",
      detail: "must be integer",
    });
    assert.deepEqual(place({ orderId: id }), { pointer: "#/lines", detail: "is required" });
    assert.deepEqual(place({ orderId: "x", lines: [] }), { pointer: "#/orderId", detail: 'must match format "uuid"' });
    assert.deepEqual(place({ orderId: id, lines: [], "a/b~c": 1 }), {
      pointer: "#/a~1b~0c",
      detail: "is not a known property",
    });
    assert.equal(place([])?.pointer, "#");
    assert.equal(place(null)?.pointer, "#");
  });

  // Removed once: ownProperties in contracts.ts. Then what every object inherits counts as given.
  it("do not take for data what every object inherits", () => {
    const schema = { type: "object", properties: { constructor: {} }, required: ["constructor"] };
    const odd = compileContracts({ ...ordersDefinition, commands: { Odd: { schema, emits: [], http: true } } });
    assert.deepEqual(odd.command("Odd", {}), { pointer: "#/constructor", detail: "is required" });
  });

  it("convert nothing", () => {
    const data = { orderId: id, lines: [{ sku: "a", quantity: "1" }] };
    assert.deepEqual(place(data), { pointer: "#/lines/0/quantity", detail: "must be integer" });
  });

  it("refuse unknown properties where the schema does not say", () => {
    const open = compileContracts({
      ...ordersDefinition,
      commands: { Open: { schema: { type: "object", properties: { a: {} } }, emits: [], http: true } },
    });
    assert.deepEqual(open.command("Open", { b: 1 }), { pointer: "#/b", detail: "is not a known property" });
  });

  it("name the contract whose schema is broken", () => {
    const broken = { ...ordersDefinition, events: { Bad: { version: 1, schema: { type: "strnig" } } } };
    assert.throws(() => compileContracts(broken), /the contract of orders\.Bad is no valid JSON Schema/);
  });

  it("say what to do about a name that has none", () => {
    assert.throws(() => contracts.event("Nothing", {}), /no contract of orders\.Nothing: add it to eda\.yaml/);
  });
});
