import assert from "node:assert/strict";
import { durationMs, parseDurationMs } from "../../../templates/runtime/src/duration.ts";

describe("durations", () => {
  for (const [text, ms] of [
    ["500ms", 500],
    ["30s", 30_000],
    ["15m", 900_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
    ["0s", 0],
  ] as const) {
    it(`${text} is ${ms}`, () => {
      assert.equal(parseDurationMs(text), ms);
      assert.equal(durationMs(text), ms);
    });
  }

  for (const text of ["30", "-1s", "1.5s", "1 s", "s", "1w", ""]) {
    it(`${text || "nothing"} is none`, () => {
      assert.equal(parseDurationMs(text), undefined);
      assert.throws(() => durationMs(text), {
        message: /^".*" is no duration: write a number with a unit, such as 30s/,
      });
    });
  }

  it("forever is kept, and never waited for", () => {
    assert.equal(durationMs("forever"), Number.POSITIVE_INFINITY);
    assert.equal(parseDurationMs("forever"), undefined);
  });

  it("what no clock counts exactly is kept as well, and never waited for", () => {
    assert.equal(durationMs("999999999d"), 999_999_999 * 86_400_000);
    assert.equal(parseDurationMs("999999999d"), undefined);
  });
});
