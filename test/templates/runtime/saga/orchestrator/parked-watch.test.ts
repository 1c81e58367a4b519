import assert from "node:assert/strict";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import type { SagaNews } from "../../../../../templates/runtime/src/saga/orchestrator/news.ts";
import { createParkedWatch } from "../../../../../templates/runtime/src/saga/orchestrator/parked-watch.ts";
import type { Moved } from "../../../../../templates/runtime/src/saga/orchestrator.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";

describe("the watch over what is parked", () => {
  // Red without the `catch` for each saga in parked-watch.ts: those behind the first were never told.
  it("is not held up by a saga that cannot be moved (R13)", async () => {
    const rows = ["payment:broken", "payment:1"].map((id) => ({ type: "parked", id, step: "a", direction: "forward" }));
    const tx = { query: async () => ({ rows, count: rows.length }) } as unknown as Database;
    const database = { ...tx, transaction: async (work: (open: Database) => unknown) => work(tx) } as Database;
    const heard: SagaNews[] = [];
    const failures: string[] = [];
    const watch = createParkedWatch({
      database,
      orchestrator: {
        async applyAll(_tx, [change]) {
          const id = change!.id;
          if (id === "payment:broken") throw new Error("its definition is not stored");
          const news: SagaNews[] = [
            { saga: "payment", id, type: "stuck", reason: "parked", step: "a", direction: "forward" },
          ];
          return [{ applied: { outcome: "applied", revision: 1n }, news } satisfies Moved];
        },
      },
      hear: (news) => void heard.push(...news),
      interrupted: (error) => void failures.push(String(error)),
      pollMs: 5,
    });
    await watch.start();
    await eventually(() => heard.some(({ id }) => id === "payment:1"));
    await watch.stop();
    assert.match(failures[0] ?? "", /its definition is not stored/);
  });
});
