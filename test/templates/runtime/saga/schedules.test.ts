import assert from "node:assert/strict";
import { runMany } from "./model/run-many.ts";

describe("the saga machine under random schedules", () => {
  it("keeps its invariants after each step, ends every saga, and meets every kind of end", () => {
    const { endings } = runMany(1_500, 5);
    for (const ending of ["completed", "compensated", "with-exceptions", "stuck"] as const) {
      assert.ok((endings[ending] ?? 0) > 20, `${ending}: ${endings[ending]}`);
    }
  });
});
