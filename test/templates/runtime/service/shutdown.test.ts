import assert from "node:assert/strict";
import { pino } from "pino";
import { createOpenings, ShutdownError } from "../../../../templates/runtime/src/service/shutdown.ts";

const log = pino({ level: "silent" });

describe("closing what was opened", () => {
  // Removed once: the reverse order (shift for pop). Then this is red.
  it("goes in reverse order, one after the other", async () => {
    const closed: string[] = [];
    const openings = createOpenings(log);
    for (const name of ["database", "broker", "http"])
      openings.add(name, async () => {
        closed.push(`${name} begins`);
        await Promise.resolve();
        closed.push(name);
      });
    await openings.closeAll(1_000);
    assert.deepEqual(closed, ["http begins", "http", "broker begins", "broker", "database begins", "database"]);
  });

  it("closes the others too when one fails, and says which", async () => {
    let closed = false;
    const openings = createOpenings(log);
    openings.add("database", async () => {
      closed = true;
    });
    openings.add("broker", () => Promise.reject(new Error("no")));
    await assert.rejects(openings.closeAll(1_000), /could not close: broker/);
    assert.equal(closed, true);
  });

  it("gives up at the limit and names what did not close", async () => {
    const openings = createOpenings(log);
    openings.add("consumer", () => new Promise(() => {}));
    await assert.rejects(
      openings.closeAll(1),
      (error) => error instanceof ShutdownError && /longer than 1 ms: consumer did not close/.test(error.message),
    );
  });
});
