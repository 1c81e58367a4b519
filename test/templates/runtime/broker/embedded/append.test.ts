import assert from "node:assert/strict";
import { createEmbeddedBroker } from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../../../../templates/runtime/src/database/create-database.ts";
import type { Database, Transaction } from "../../../../../templates/runtime/src/database/database.ts";
import { type TestDatabase, testDatabase } from "../../../../support/postgres.ts";
import { until } from "../until.ts";

describe("broker.append", () => {
  let server: TestDatabase;
  let database: Database;
  before(async () => {
    server = await testDatabase();
    database = createDatabase({ url: server.url, max: 30 });
    const broker = await createEmbeddedBroker({ url: server.url });
    await broker.ensureTopics([{ name: "t", partitions: 3 }]);
    await broker.close();
  });
  after(async () => {
    await database.close();
    await server.drop();
  });
  beforeEach(async () => {
    await database.query("TRUNCATE broker.record; UPDATE broker.partition SET next_offset = 0");
  });

  const append = (on: Transaction, partitions: readonly number[], key: string) =>
    on.query("SELECT broker.append($1, $2, $3, $4, $5)", [
      partitions,
      partitions.map(() => key),
      partitions.map(() => "{}"),
      Buffer.alloc(0),
      partitions.map(() => 0),
    ]);
  const offsets = async (partition: number) =>
    (
      await database.query<{ offset: bigint; key: string }>(
        'SELECT "offset", key FROM broker.record WHERE partition_id = $1 ORDER BY "offset"',
        [partition],
      )
    ).rows.map(({ offset, key }) => `${offset} ${key}`);
  const waiting = () =>
    until(async () => {
      const { rows } = await database.query<{ n: bigint }>(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      );
      return rows[0]!.n > 0n;
    }, "a session waits for a lock");

  // Red when the function takes its locks after the offsets, or offsets come from a sequence: the later one commits
  // first, and a reader that has passed it never sees the earlier one.
  it("never shows an offset while a lower one may still appear", async () => {
    let later: Promise<unknown> = Promise.resolve();
    await database.transaction(async (early) => {
      await append(early, [1, 1], "early");
      later = append(database, [1], "later");
      await waiting();
      assert.deepEqual(await offsets(1), []);
    });
    await later;
    assert.deepEqual(await offsets(1), ["0 early", "1 early", "2 later"]);
  });

  it("gives the offsets of a transaction that rolls back to the next one", async () => {
    const failed = database.transaction(async (tx) => {
      await append(tx, [1], "lost");
      throw new Error("no");
    });
    await assert.rejects(failed);
    await append(database, [1], "kept");
    assert.deepEqual(await offsets(1), ["0 kept"]);
  });

  // Red when the locks are taken without ORDER BY id DESC or ASC, in the order of the arrays.
  it("takes its locks in one order, whatever the order of the records", async () => {
    const before = await deadlocks(database);
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => append(database, n % 2 === 0 ? [1, 2, 3] : [3, 2, 1], String(n))),
    );
    assert.equal(await deadlocks(database), before);
    for (const partition of [1, 2, 3]) assert.equal((await offsets(partition)).length, 200);
  });

  it("writes nothing when one of the partitions does not exist", async () => {
    await assert.rejects(append(database, [1, 99], "x"), /a partition of this batch does not exist/);
    assert.deepEqual(await offsets(1), []);
  });
});

async function deadlocks(database: Database): Promise<unknown> {
  const { rows } = await database.query("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
  return rows[0]?.deadlocks;
}
