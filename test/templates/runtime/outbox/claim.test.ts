import assert from "node:assert/strict";
import pg from "pg";
import { insertMessages } from "../../../../templates/runtime/src/outbox/insert.ts";
import type { OutboxRow } from "../../../../templates/runtime/src/outbox/outbox.ts";
import { outboxQuery } from "../../../../templates/runtime/src/outbox/queries.ts";
import { createUpkeep } from "../../../../templates/runtime/src/outbox/upkeep.ts";
import { happened, type OutboxDatabase, outboxDatabase, ownEveryShard } from "./outbox-database.ts";

const MANY = 200_000;

describe("the claim", () => {
  let database: OutboxDatabase;
  beforeEach(async () => {
    database = await outboxDatabase();
    await ownEveryShard(database, "me");
  });
  afterEach(() => database.drop());

  const fill = (rows: number) =>
    database.query(
      `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, topic, headers)
       SELECT gen_random_uuid(), 'Order', 'k' || n % 1000, 'orders.OrderChanged', '{}', 'orders', '{}'
       FROM generate_series(1, ${rows}) AS n`,
    );
  const claim = async (rows = 500, bytes = 1 << 20) =>
    (await database.query<OutboxRow & Record<string, unknown>>(outboxQuery("claim"), ["me", rows, bytes])).rows;

  /** Pages that the claim touches, of tables and indexes. Unlike its time that is the same on every machine. */
  async function pages(): Promise<number> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query(`PREPARE claim (text, bigint, bigint) AS ${outboxQuery("claim")}`);
      // The generic plan, which a prepared statement ends with.
      await client.query("SET plan_cache_mode = force_generic_plan");
      const { rows } = await client.query("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE claim ('me', 500, 1048576)");
      const plan = rows[0]["QUERY PLAN"][0].Plan as Record<string, number>;
      return plan["Shared Hit Blocks"]! + plan["Shared Read Blocks"]!;
    } finally {
      await client.end();
    }
  }

  it("gives each shard that has rows its part of the batch, lowest positions first", async () => {
    await fill(2_000);
    const rows = await claim(80);
    assert.deepEqual(
      [...Map.groupBy(rows, (row) => row.shard)].map(([shard, some]) => [shard, some.length]).toSorted(),
      [0, 1, 2, 3, 4, 5, 6, 7].map((shard) => [shard, 10]),
    );
    const { rows: lowest } = await database.query<{ id: string }>(
      `SELECT id FROM (SELECT id, position, row_number() OVER (PARTITION BY shard ORDER BY position) AS n FROM outbox) o
       WHERE n <= 10 ORDER BY position`,
    );
    assert.deepEqual(
      rows.map((row) => row.id),
      lowest.map((row) => row.id),
    );
  });

  it("gives the whole batch to the only shard that has rows", async () => {
    await database.transaction((tx) =>
      insertMessages(
        tx,
        Array.from({ length: 100 }, (_, version) => happened("a", version)),
      ),
    );
    assert.equal((await claim(80)).length, 80);
  });

  // Red without STORAGE EXTERNAL in 0020-outbox.sql: these compress to a hundredth, and all would be read into memory.
  it("keeps to its bytes, but takes at least one row", async () => {
    const large = (key: string) => ({ ...happened(key, 1), data: { text: "x".repeat(100_000) } });
    await database.transaction((tx) => insertMessages(tx, ["a", "a", "a", "a"].map(large)));
    assert.equal((await claim(500, 1)).length, 1);
    assert.equal((await claim(500, 250_000)).length, 3);
  });

  it("sees nothing of a shard whose lease has run out, or that another relay owns", async () => {
    await fill(100);
    await database.query("UPDATE outbox_shard SET lease_until = now() WHERE shard < 4");
    await database.query("UPDATE outbox_shard SET owner = 'other' WHERE shard >= 4");
    assert.deepEqual(await claim(), []);
  });

  // Red without raise-floors.sql in upkeep.ts: thousands of pages.
  it("is not slowed by dead rows, also when an old transaction keeps them from being removed", async function () {
    this.timeout(60_000);
    const old = new pg.Client({ connectionString: database.url });
    await old.connect();
    await old.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM outbox");
    await fill(MANY);
    await database.query("DELETE FROM outbox");
    await fill(10);
    const upkeep = createUpkeep(database, "me", 0);
    await upkeep();
    const touched = await pages();
    await old.query("ROLLBACK");
    await old.end();
    assert.ok(touched < 300, `${touched} pages`);
    assert.equal((await claim()).length, 10);
  });

  // Red when claim.sql limits the batch at its end and not in each shard: it reads and sorts the whole backlog.
  it("reads its batch and no more of a long backlog, without statistics and with them", async function () {
    this.timeout(60_000);
    await fill(MANY);
    await database.query(
      `INSERT INTO outbox_blocked (topic, aggregateid, aggregatetype, message_id, shard, position, attempts, reason, retry_at)
       SELECT 'orders', CASE WHEN n > 50 THEN 'other' ELSE 'k' END || n, 'Order', gen_random_uuid(), 0, 1, 1, 'x', 'infinity' FROM generate_series(1, 5000) AS n`,
    );
    const unknown = await pages();
    await database.query("ANALYZE");
    const known = await pages();
    assert.ok(unknown < 3_000 && known < 3_000, `${unknown} and ${known} pages`);
    assert.ok((await claim()).every((row) => !/^k([1-9]|[1-4]\d|50)$/.test(row.key)));
  });
});
