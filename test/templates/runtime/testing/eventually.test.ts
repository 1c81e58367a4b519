import assert from "node:assert/strict";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";

describe("eventually", () => {
  it("returns the value with which the condition first holds, errors on the way notwithstanding", async () => {
    let looks = 0;
    const look = () => {
      looks += 1;
      if (looks === 1) throw new Error("not yet");
      return looks;
    };
    assert.equal(await eventually(look, { until: (value) => value >= 3 }), 3);
  });

  it("reports the last value, or the last error, at the deadline", async () => {
    const late = { withinMs: 0, what: "the order" };
    await assert.rejects(
      eventually(() => ({ status: "placed" }), { ...late, until: () => false }),
      /^Error: the order did not come within 0 ms; the last value seen: { status: 'placed' }$/,
    );
    await assert.rejects(
      eventually(() => Promise.reject(new Error("refused")), late),
      /the last error seen: refused/,
    );
  });
});
