import { runMany } from "./model/run-many.ts";

describe("the saga machine under 100,000 random schedules", () => {
  for (let part = 1; part <= 10; part++) {
    it(`keeps its invariants in the ${part}. tenth`, function () {
      this.timeout(600_000);
      const { runs, transitions, endings } = runMany(10_000, 1_000 + part);
      console.log(`    ${runs} runs, ${transitions} transitions: ${JSON.stringify(endings)}`);
    });
  }
});
