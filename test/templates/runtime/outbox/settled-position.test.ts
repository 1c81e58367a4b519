import assert from "node:assert/strict";
import { createSettledPosition } from "../../../../templates/runtime/src/outbox/settled-position.ts";

/** The outbox as pg_locks and the sequence show it, moment by moment. */
function outboxAt(moment: { position: bigint; writers: string[] }) {
  return {
    async query<Row extends Record<string, unknown>>(text: string) {
      const rows = text.includes("pg_locks")
        ? moment.writers.map((writer) => ({ writer }))
        : [{ position: moment.position }];
      return { rows: rows as unknown as Row[], count: rows.length };
    },
  };
}

describe("the settled position", () => {
  it("is the last one drawn while nobody writes", async () => {
    assert.equal(await createSettledPosition(outboxAt({ position: 7n, writers: [] }), "me")(), 7n);
  });

  it("waits for those that were writing, and for no later ones", async () => {
    const moment = { position: 7n, writers: ["3/1", "4/1"] };
    const settled = createSettledPosition(outboxAt(moment), "me");
    assert.equal(await settled(), 0n);
    moment.position = 9n;
    moment.writers = ["4/1", "5/1"];
    assert.equal(await settled(), 0n);
    moment.writers = ["5/1"];
    assert.equal(await settled(), 7n);
    assert.equal(await settled(), 7n);
    moment.writers = [];
    assert.equal(await settled(), 9n);
  });

  // Red without isPrepared in settled-position.ts.
  it("waits for a prepared transaction, whose lock has changed its name", async () => {
    const moment = { position: 7n, writers: ["3/1"] };
    const settled = createSettledPosition(outboxAt(moment), "me");
    assert.equal(await settled(), 0n);
    moment.writers = ["-1/815"];
    assert.equal(await settled(), 0n);
    moment.writers = [];
    assert.equal(await settled(), 7n);
  });
});
