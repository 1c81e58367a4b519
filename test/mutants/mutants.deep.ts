import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { report } from "./report.ts";
import { runMutants } from "./run-mutants.ts";

describe("every seeded fault", () => {
  it("is caught by its test", async () => {
    const outcomes = await runMutants((line) => console.log(`    ${line}`));
    writeFileSync(join(import.meta.dirname, "..", "..", "docs", "mutants.md"), report(outcomes));
    const missed = outcomes.filter(({ verdict }) => verdict.is !== "red");
    assert.deepEqual(
      missed.map(({ mutant }) => mutant.fault),
      [],
    );
  });
});
