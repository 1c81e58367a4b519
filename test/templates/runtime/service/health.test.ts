import assert from "node:assert/strict";
import { createHealth } from "../../../../templates/runtime/src/service/health.ts";

describe("health", () => {
  it("is ready while it runs and every check passes", async () => {
    const health = createHealth();
    let broken = false;
    health.addCheck("the database", async () => {
      if (broken) throw new Error("password of db.internal refused");
    });
    assert.deepEqual(await health.reasons(), ["the service is starting"]);
    health.setPhase("running");
    assert.deepEqual(await health.reasons(), []);
    broken = true;
    assert.deepEqual(await health.reasons(), ["the database is not available"]);
    broken = false;
    health.setPhase("stopping");
    assert.deepEqual(await health.reasons(), ["the service is stopping"]);
  });

  it("does not wait for a check that hangs", async () => {
    const health = createHealth(1);
    health.setPhase("running");
    health.addCheck("the database", () => new Promise(() => {}));
    assert.deepEqual(await health.reasons(), ["the database is not available"]);
  });
});
