import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { longestCourse, retryOf } from "../../../generators/_saga/retry.ts";

describe("A saga's retry", () => {
  it("means nothing to count with where a number is beyond the schema's, which says so by itself", () => {
    for (const attempts of [0, 1e6 + 1, 1e20, Number.POSITIVE_INFINITY]) {
      assert.equal(retryOf({ attempts }), undefined, String(attempts));
      assert.equal(retryOf({ attempts: 2, multiplier: attempts }), undefined, String(attempts));
    }
  });

  it("takes its attempts and the waits between them", () => {
    const retry = retryOf({ attempts: 4, initial: "1s", multiplier: 3, max: "5s" });
    assert.equal(retry && longestCourse(retry, 10_000), 4 * 10_000 + 1_000 + 3_000 + 5_000);
  });
});
