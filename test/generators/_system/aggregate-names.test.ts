import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { aggregateOf, keyOf } from "../../../generators/_system/aggregate-names.ts";

describe("What a service calls its aggregate", () => {
  for (const [service, aggregate] of [
    ["orders", "Order"],
    ["categories", "Category"],
    ["status", "Status"],
    ["address", "Address"],
    ["addresses", "Address"],
    ["boxes", "Box"],
    ["analysis", "Analysis"],
    ["inventory", "Inventory"],
    ["order-lines", "OrderLine"],
    ["gas", "Gas"],
    ["class", "Class"],
  ] as const) {
    it(`is ${aggregate} for ${service}`, () => assert.equal(aggregateOf(service), aggregate));
  }

  it("gives the key its name, as long as that can be one", () => {
    assert.equal(keyOf("OrderLine"), "orderLineId");
    assert.equal(keyOf(`A${"a".repeat(39)}`), "id");
  });
});
