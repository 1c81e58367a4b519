import assert from "node:assert/strict";
import { didYouMean, nearest } from "../../../generators/_system/suggest.ts";

describe("nearest", () => {
  const cases = [
    ["prot", ["port", "key"], "port"],
    ["OrderPlcaed", ["OrderPlaced", "OrderShipped"], "OrderPlaced"],
    ["orderplaced", ["OrderPlaced"], "OrderPlaced"],
    ["kafak", ["kafka", "nats"], "kafka"],
    ["payment", ["payments", "orders"], "payments"],
    ["shipping", ["orders", "payments"], undefined],
    ["a", ["b"], undefined],
    ["", ["a"], undefined],
    ["id", ["key"], undefined],
    ["x".repeat(5000), ["x"], undefined],
  ] as const;
  for (const [typed, candidates, meant] of cases) {
    it(`takes ${typed.slice(0, 20) || "nothing"} for ${meant ?? "no word that is there"}`, () => {
      assert.equal(nearest(typed, candidates), meant);
    });
  }

  it("takes the first of two that are as near", () => {
    assert.equal(nearest("orde", ["order", "ordex"]), "order");
  });

  it("asks, or says something else", () => {
    assert.equal(didYouMean("prot", ["port"], "no"), "Did you mean port?");
    assert.equal(didYouMean("zzz", ["port"], "no"), "no");
  });
});
