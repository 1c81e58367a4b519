import assert from "node:assert/strict";
import { brokerDatabase } from "../../../../../templates/runtime/src/broker/embedded/broker-database.ts";
import { createEmbeddedBroker } from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { join, type Membership } from "../../../../../templates/runtime/src/broker/embedded/membership.ts";
import { createReading, type Fence } from "../../../../../templates/runtime/src/broker/embedded/reading.ts";
import { createDatabase } from "../../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { type TestDatabase, testDatabase } from "../../../../support/postgres.ts";
import { until } from "../until.ts";

/** Leases never run out by themselves here: `expire` says when. */
const HOUR_MS = 3_600_000;
/** The server of these tests has been up for longer. */
const SHORT_MS = 1;

describe("membership", () => {
  let server: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    server = await testDatabase();
    database = createDatabase({ url: server.url });
    const broker = await createEmbeddedBroker({ url: server.url });
    await broker.ensureTopics([{ name: "t", partitions: 4 }]);
    await broker.publish([{ topic: "t", key: "k", value: new Uint8Array(), headers: {} }]);
    await broker.close();
  });
  afterEach(async () => {
    await database.close();
    await server.drop();
  });

  const joinGroup = (leaseMs = HOUR_MS, instance?: string) =>
    join(
      database,
      { group: "g", topics: ["t"], from: "earliest", ...(instance === undefined ? {} : { instance }) },
      leaseMs,
    );
  const expire = (member: Membership) =>
    database.query("UPDATE broker.member SET lease_until = clock_timestamp() - interval '1 s' WHERE id = $1", [
      member.id,
    ]);
  const fenceOf = async (member: Membership): Promise<Fence> => {
    const owned = (await member.take())[0]!;
    return { group: "g", partition: owned.id, owner: member.id, epoch: owned.epoch };
  };
  const owners = async () =>
    (
      await database.query<{ owner: string | null }>("SELECT owner FROM broker.group_partition ORDER BY partition_id")
    ).rows.map(({ owner }) => owner);

  // Red without `idleInTransactionTimeoutMs` in broker-database.ts: the second one waits until its statement times out.
  it("is held up no longer than a lease by a member that stands still in the middle of joining", async () => {
    const first = await joinGroup();
    const paused = brokerDatabase({ url: server.url, applicationName: "paused", leaseMs: 1_000 });
    const locked = Promise.withResolvers<void>();
    const standing = paused.transaction(async (tx) => {
      await tx.query("SELECT FROM broker.consumer_group WHERE name = $1 FOR NO KEY UPDATE", ["g"]);
      locked.resolve();
      await new Promise(() => {});
    });
    await locked.promise;
    await Promise.all([assert.rejects(standing), joinGroup()]);
    assert.equal((await first.take()).filter(({ wanted }) => wanted).length, 2);
    await paused.close();
  });

  it("takes all partitions alone, and half of them beside another", async () => {
    const first = await joinGroup();
    assert.equal((await first.take()).length, 4);
    const second = await joinGroup();
    assert.equal((await second.take()).length, 0);
    const unwanted = (await first.take()).filter(({ wanted }) => !wanted);
    assert.equal(unwanted.length, 2);
    for (const partition of unwanted) assert.equal(await first.release(partition), true);
    assert.equal((await second.take()).length, 2);
  });

  // Red when broker.commit_position does not compare owner and epoch.
  it("refuses the commit and the fetch of a member that was removed, and those alone", async () => {
    const paused = await joinGroup();
    const old = await fenceOf(paused);
    await expire(paused);
    const heir = await joinGroup(SHORT_MS);
    const fence = { ...old, owner: heir.id, epoch: (await heir.take()).find(({ id }) => id === old.partition)!.epoch };
    assert.equal(await createReading(database).commit(old, 0n, 1n), false);
    assert.equal(await createReading(database).fetch(old, 10), "lost");
    assert.equal(await createReading(database).commit(fence, 0n, 1n), true);
    assert.equal(await paused.renew(), false);
    assert.equal(await paused.release((await heir.take())[0]!), false);
    assert.ok((await owners()).every((owner) => owner === heir.id));
  });

  // Red when what is asked together is answered in another order than it was asked in.
  it("fetches and commits several partitions together, and refuses only those that are another's", async () => {
    const member = await joinGroup();
    const { fetch, commit } = createReading(database);
    const fences = (await member.take()).map(({ id, epoch }) => ({
      group: "g",
      partition: id,
      owner: member.id,
      epoch,
    }));
    const asked = [fences[3]!, { ...fences[1]!, epoch: 99n }, fences[0]!, fences[2]!];
    const fetched = await Promise.all(asked.map((fence) => fetch(fence, 10)));
    assert.deepEqual(
      fetched.map((answer) => answer === "lost"),
      [false, true, false, false],
    );
    const written = asked.map((fence, at) => ({ fence, records: fetched[at] === "lost" ? [] : fetched[at]!.records }));
    const holder = written.filter(({ records }) => records.length > 0);
    const { rows } = await database.query<{ id: number }>("SELECT id FROM broker.partition WHERE next_offset > 0");
    assert.deepEqual(
      holder.map(({ fence }) => fence.partition),
      rows.map(({ id }) => id).filter((id) => id !== fences[1]!.partition),
    );
    assert.deepEqual(await Promise.all(asked.map((fence) => commit(fence, 0n, 1n))), [true, false, true, true]);
  });

  // Red when broker.commit_position compares the owner alone.
  it("refuses a commit of an earlier epoch of the same owner", async () => {
    const member = await joinGroup();
    const old = await fenceOf(member);
    await member.release((await member.take())[0]!);
    await member.take();
    assert.equal(await createReading(database).commit(old, 0n, 1n), false);
  });

  it("keeps a member whose lease is being renewed", async () => {
    const one = await joinGroup();
    const other = await joinGroup(SHORT_MS);
    await expire(one);
    assert.equal(await one.renew(), true);
    assert.equal(await other.renew(), true);
    assert.equal(await one.renew(), true);
  });

  // Red when isExpired does not ask for how long the server has been up.
  it("removes nobody before the server has been up for a lease: nobody could have renewed", async () => {
    const one = await joinGroup();
    await one.take();
    await expire(one);
    const { rows } = await database.query<{ up: number }>(
      "SELECT extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS up",
    );
    await joinGroup(Math.ceil(rows[0]!.up * 1_000) + HOUR_MS);
    assert.equal(await one.renew(), true);
  });

  // Red when ASSIGN leaves the owner as it is: the partition then belongs to nobody that lives, for ever.
  it("frees a partition that a member takes while it is being removed", async () => {
    const heir = await joinGroup(SHORT_MS);
    const removed = await joinGroup();
    await expire(removed);
    let removing: Promise<unknown> = Promise.resolve();
    await database.transaction(async (tx) => {
      // What `take` does, held open.
      await tx.query("UPDATE broker.group_partition SET owner = $1, epoch = epoch + 1 WHERE assigned = $1", [
        removed.id,
      ]);
      removing = heir.renew();
      await until(async () => {
        const { count } = await database.query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        return count > 0;
      }, "the heir waits for the partitions");
    });
    await removing;
    assert.equal((await heir.take()).length, 4);
  });

  it("takes the place of its instance at once, though the lease has not run out", async () => {
    const old = await joinGroup(HOUR_MS, "one");
    const other = await joinGroup(HOUR_MS, "two");
    const fence = await fenceOf(old);
    await other.take();
    const mine = (await old.take()).filter(({ wanted }) => wanted).map(({ id }) => id);
    const restarted = await joinGroup(HOUR_MS, "one");
    assert.deepEqual(
      (await restarted.take()).filter(({ wanted }) => wanted).map(({ id }) => id),
      mine,
    );
    assert.equal(await createReading(database).commit(fence, 0n, 1n), false);
    await assert.rejects(old.renew(), { name: "InstanceReplacedError", message: /instance one/ });
  });

  it("gives everything back when it leaves", async () => {
    const one = await joinGroup();
    await one.take();
    const other = await joinGroup();
    await one.leave();
    assert.equal((await other.take()).length, 4);
  });
});
