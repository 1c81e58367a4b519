import assert from "node:assert/strict";
import { createLease } from "../../../../templates/runtime/src/outbox/lease.ts";
import { outboxQuery } from "../../../../templates/runtime/src/outbox/queries.ts";
import { until } from "./memory-broker.ts";
import { type OutboxDatabase, outboxDatabase, ownEveryShard } from "./outbox-database.ts";

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

  // Red when renew.sql locks its rows as it finds them, and not in the order of lock-shards.sql.
  it("does not deadlock with somebody who moves the floors", async () => {
    await ownEveryShard(database, "other");
    // Rewritten rows lie at the end of the table: found last.
    await database.query("UPDATE outbox_shard SET owner = 'one' WHERE shard = 5");
    await database.query("UPDATE outbox_shard SET owner = 'one' WHERE shard = 2");
    const before = await deadlocks();
    const waiting = async (count: number) =>
      (await database.query("SELECT FROM pg_locks WHERE NOT granted")).count >= count;
    let moving: Promise<unknown> = Promise.resolve();
    let beating: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      await tx.query("SELECT FROM outbox_shard WHERE shard = 3 FOR UPDATE");
      moving = database.transaction((floors) => floors.query(outboxQuery("lock-shards")));
      await until(() => waiting(1));
      beating = createLease(database, "one", 60_000).beat();
      await until(() => waiting(2));
    });
    await Promise.all([moving, beating]);
    assert.equal(await deadlocks(), before);
  });

  async function deadlocks(): Promise<unknown> {
    const { rows } = await database.query(
      "SELECT pg_stat_force_next_flush(), deadlocks FROM pg_stat_database WHERE datname = current_database()",
    );
    return rows[0]?.deadlocks;
  }
});
