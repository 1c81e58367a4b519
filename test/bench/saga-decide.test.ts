import assert from "node:assert/strict";
import { measureDecide } from "./saga-decide.ts";

describe("the measurement of the saga machine", () => {
  it("gives a rate a round, and their median", () => {
    const { transitionsPerSecond, rounds } = measureDecide({ rounds: 3, milliseconds: 5 });
    assert.equal(rounds.length, 3);
    assert.ok(rounds.includes(transitionsPerSecond) && transitionsPerSecond > 0);
  });
});
