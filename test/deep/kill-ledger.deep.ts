import assert from "node:assert/strict";
import { type KillLedgerOptions, killLedger } from "./kill-ledger.ts";

describe("the ledger, at length", () => {
  for (const seed of [1, 2, 3]) {
    it(`shows no fault after 20 kills and 10 pauses, seed ${seed}`, () =>
      faultless({ seed, kills: 20, pauses: 10, seconds: 60 }));
  }

  it("shows no fault after 20 crashes of PostgreSQL servers, beside kills and pauses", () =>
    faultless({ seed: 5, kills: 6, pauses: 4, crashes: 20, seconds: 60 }));
});

async function faultless(options: KillLedgerOptions): Promise<void> {
  const ledger = await killLedger(options);
  console.log(`    ${JSON.stringify(ledger)}`);
  const { produced, sentAgain, lost, appliedTwice, outOfOrder, deadLetters } = ledger;
  assert.ok(produced > 1_000 && sentAgain > 0, "without load, and without anything sent twice, it shows nothing");
  assert.deepEqual(
    { lost, appliedTwice, outOfOrder, deadLetters },
    { lost: 0, appliedTwice: 0, outOfOrder: 0, deadLetters: 0 },
  );
}
