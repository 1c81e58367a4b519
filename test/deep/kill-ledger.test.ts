import assert from "node:assert/strict";
import { killLedger } from "./kill-ledger.ts";

// Red when `mark` in marks.ts answers every id (applied twice), when relayPass marks before it sends, and when the floors
// are raised without waiting for those that write (lost).
describe("the ledger", () => {
  it("shows nothing lost, nothing applied twice and no key out of order after kills and pauses", async function () {
    this.timeout(120_000);
    const { produced, applied, sentAgain, ...faults } = await killLedger({ seed: 4, kills: 6, pauses: 2, seconds: 8 });
    assert.deepEqual(faults, { lost: 0, appliedTwice: 0, outOfOrder: 0, deadLetters: 0 });
    assert.ok(produced > 100 && applied === produced, `${produced} produced, ${applied} applied`);
    assert.ok(sentAgain > 0, "without a message that was sent twice the inbox has not been asked");
  });
});
