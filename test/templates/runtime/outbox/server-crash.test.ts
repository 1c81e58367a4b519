import assert from "node:assert/strict";
import pg from "pg";
import { startTemporaryPostgres } from "../../../../templates/runtime/src/embedded/temporary.ts";
import { insertMessages } from "../../../../templates/runtime/src/outbox/insert.ts";
import type { OutboxRow } from "../../../../templates/runtime/src/outbox/outbox.ts";
import { outboxQuery } from "../../../../templates/runtime/src/outbox/queries.ts";
import { relayPass } from "../../../../templates/runtime/src/outbox/relay-pass.ts";
import { createUpkeep } from "../../../../templates/runtime/src/outbox/upkeep.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { memoryBroker } from "./memory-broker.ts";
import { happened, outboxDatabase, ownEveryShard } from "./outbox-database.ts";

describe("the floor across a crash of the server", () => {
  // A sequence's numbers become durable with a commit, and are drawn again after a crash when there was none. Red when
  // note-position.sql reads the position and writes nothing: a late row ends up below the floor, and never leaves.
  it("does not pass positions that are drawn a second time", async function () {
    this.timeout(60_000);
    const server = await startTemporaryPostgres({ settings: { synchronous_commit: "on", wal_writer_delay: "10s" } });
    const database = await outboxDatabase({}, { url: server.url, drop: () => server.stop() });
    try {
      await ownEveryShard(database, "me");
      const insert = () => database.transaction((tx) => insertMessages(tx, [happened("sent", 1)]));
      const upkeep = createUpkeep(database, "me", 0);
      await insert();
      await crashAfterDrawing(server.url, 40, upkeep);
      // Until the pool has noticed that each of its connections is gone.
      await eventually(async () => (await Promise.all([1, 2, 3].map(() => database.query("SELECT 1")))).length);
      const late = Promise.withResolvers<void>();
      const inserted = Promise.withResolvers<void>();
      const writing = database.transaction(async (tx) => {
        await insertMessages(tx, [happened("late", 1)]);
        inserted.resolve();
        await late.promise;
      });
      await inserted.promise;
      await insert();
      await database.query("DELETE FROM outbox WHERE aggregateid = 'sent'");
      for (let rounds = 0; rounds < 3; rounds++) await upkeep();
      late.resolve();
      await writing;
      const { rows } = await database.query<OutboxRow & Record<string, unknown>>(outboxQuery("claim"), [
        "me",
        500,
        1 << 20,
      ]);
      assert.deepEqual(
        rows.map((row) => row.key),
        ["late"],
      );
    } finally {
      await database.drop();
    }
  });
});

describe("what is recorded as published, across a crash of the server", () => {
  // It is not flushed by itself: see mark-published.sql. The server may have flushed it all the same before it dies.
  it("comes back with what a crash takes back, and is sent again in order with the same ids", async function () {
    this.timeout(60_000);
    const server = await startTemporaryPostgres({ settings: { synchronous_commit: "on", wal_writer_delay: "10s" } });
    const database = await outboxDatabase({}, { url: server.url, drop: () => server.stop() });
    try {
      await ownEveryShard(database, "me");
      const broker = memoryBroker();
      const pass = () => relayPass({ database, broker, retentionMs: 60_000 }, "me", () => true);
      const left = async () => (await database.query("SELECT FROM outbox")).count;
      const kept = async () => (await database.query("SELECT FROM outbox_published")).count;
      const insert = (version: number) => database.transaction((tx) => insertMessages(tx, [happened("a", version)]));
      await insert(1);
      await pass();
      // Flushes what came before it.
      const ids = [...(await insert(2)), ...(await insert(3))];
      await pass();
      assert.deepEqual([await left(), await kept()], [0, 3]);
      await crashAfterDrawing(server.url, 1, async () => undefined);
      await eventually(async () => (await Promise.all([1, 2, 3].map(() => database.query("SELECT 1")))).length);
      const back = await left();
      assert.equal(back + (await kept()), 3);
      await pass();
      assert.deepEqual([await left(), await kept()], [0, 3]);
      assert.deepEqual(
        broker.records.slice(1).map(({ headers }) => headers.id),
        [...ids, ...ids.slice(ids.length - back)],
      );
    } finally {
      await database.drop();
    }
  });
});

/** One session draws positions and dies with the server before it commits; `meanwhile` happens in between. */
async function crashAfterDrawing(url: string, count: number, meanwhile: () => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  await client.query("BEGIN");
  const tx = {
    async query(text: string, values?: readonly unknown[]) {
      const result = await client.query(text, values === undefined ? undefined : [...values]);
      return { rows: result.rows, count: result.rowCount ?? 0 };
    },
  };
  await insertMessages(
    tx,
    Array.from({ length: count }, (_, n) => happened("gone", n)),
  );
  await meanwhile();
  const ended = new Promise((resolve) => client.once("end", resolve));
  process.kill(rows[0]!.pid, "SIGKILL");
  await ended;
}
