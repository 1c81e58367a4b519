import assert from "node:assert/strict";
import { createLease } from "../../../../templates/runtime/src/outbox/lease.ts";
import { type OutboxDatabase, outboxDatabase } from "./outbox-database.ts";

describe("a relay's lease", () => {
  let database: OutboxDatabase;
  beforeEach(async () => {
    database = await outboxDatabase();
  });
  afterEach(() => database.drop());

  it("is believed in for its time and no longer, counted from before it was asked for", async () => {
    let now = 0;
    const lease = createLease(database, "one", 60_000, () => now);
    assert.equal(lease.holds(), false);
    await lease.beat();
    assert.equal(lease.holds(), true);
    now = 60_000;
    assert.equal(lease.holds(), false);
  });

  it("shares the shards fairly among any number, without giving one to two", async () => {
    const leases = Array.from({ length: 5 }, (_, n) => createLease(database, `relay ${n}`, 60_000));
    for (let round = 0; round < 3; round++) {
      for (const lease of leases) {
        await lease.beat();
        await lease.level();
      }
    }
    const held = leases.map((lease) => lease.shards);
    assert.deepEqual(held.flat().toSorted(), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.ok(held.every((shards) => shards.length <= 2));
  });

  it("gives nothing to two when several ask at once", async () => {
    const leases = Array.from({ length: 4 }, (_, n) => createLease(database, `relay ${n}`, 60_000));
    for (let round = 0; round < 3; round++) await Promise.all(leases.map((lease) => lease.beat()));
    const held = leases.flatMap((lease) => lease.shards);
    assert.equal(new Set(held).size, held.length);
  });

  it("raises the token when a shard changes hands, and not when its owner stays", async () => {
    const tokens = async () => (await database.query("SELECT DISTINCT token, owner FROM outbox_shard")).rows;
    const one = createLease(database, "one", 1);
    await one.beat();
    await one.beat();
    assert.deepEqual(await tokens(), [{ token: 1n, owner: "one" }]);
    await database.query("UPDATE outbox_shard SET lease_until = '-infinity'");
    await database.query("UPDATE outbox_relay SET alive_until = '-infinity'");
    await createLease(database, "two", 60_000).beat();
    assert.deepEqual(await tokens(), [{ token: 2n, owner: "two" }]);
    await one.beat();
    assert.deepEqual(one.shards, [], "the first learns that it was replaced");
  });
});
