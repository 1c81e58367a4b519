import assert from "node:assert/strict";
import { killLedger } from "./kill-ledger.ts";

describe("the ledger, at length", () => {
  for (const seed of [1, 2, 3]) {
    it(`shows no fault after 20 kills and 10 pauses, seed ${seed}`, async () => {
      const ledger = await killLedger({ seed, kills: 20, pauses: 10, seconds: 60 });
      console.log(`    ${JSON.stringify(ledger)}`);
      const { lost, appliedTwice, outOfOrder, deadLetters } = ledger;
      assert.deepEqual(
        { lost, appliedTwice, outOfOrder, deadLetters },
        { lost: 0, appliedTwice: 0, outOfOrder: 0, deadLetters: 0 },
      );
    });
  }
});
