import assert from "node:assert/strict";
import { deadlineFor } from "../../../generators/saga/deadline.ts";
import type { DraftStep } from "../../../generators/saga/draft.ts";

const reserve: DraftStep = {
  id: "reserve-stock",
  kind: "compensatable",
  command: "inventory.ReserveStock",
  input: {},
  success: "inventory.StockReserved",
};

describe("a proposed deadline", () => {
  it("is the usual one where the attempts fit into it", () => {
    assert.equal(deadlineFor([[reserve], [reserve]]), "15m");
  });

  it("has room for all attempts of the steps up to the pivot, counted as the rule counts them", () => {
    const retry = { attempts: 4, initial: "1h" };
    assert.equal(deadlineFor([[{ ...reserve, retry }]]), "6h");
    assert.equal(deadlineFor([[{ ...reserve, retry: { jitter: "none" } }]]), "15m");
  });

  it("counts the longest member of a parallel group, and nothing that is retried after the pivot", () => {
    const slow = { ...reserve, timeout: "10m" };
    assert.equal(deadlineFor([[slow, slow, slow]]), "1h");
    assert.equal(deadlineFor([[reserve], [{ ...slow, kind: "retriable" }]]), "15m");
  });
});
