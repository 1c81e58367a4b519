import assert from "node:assert/strict";
import pg from "pg";
import { insertMessages } from "../../../../templates/runtime/src/outbox/insert.ts";
import type { OutboxRow, Relay } from "../../../../templates/runtime/src/outbox/outbox.ts";
import { outboxQuery } from "../../../../templates/runtime/src/outbox/queries.ts";
import { createRelay } from "../../../../templates/runtime/src/outbox/relay.ts";
import type { RelayOptions } from "../../../../templates/runtime/src/outbox/relay-options.ts";
import { createSettledPosition } from "../../../../templates/runtime/src/outbox/settled-position.ts";
import { relayStatus } from "../../../../templates/runtime/src/outbox/status.ts";
import { createUpkeep } from "../../../../templates/runtime/src/outbox/upkeep.ts";
import { type TestDatabase, testDatabase } from "../../../support/postgres.ts";
import { type MemoryBroker, memoryBroker, sentVersions, until } from "./memory-broker.ts";
import { happened, type OutboxDatabase, outboxDatabase, ownEveryShard } from "./outbox-database.ts";

/** Schedules of two or three transactions that other relays get wrong. Each shows the wrong query too. */
describe("outbox traps", () => {
  let database: OutboxDatabase;
  let broker: MemoryBroker;
  const sessions: pg.Client[] = [];
  const relays: Relay[] = [];
  beforeEach(async () => {
    database = await outboxDatabase();
    broker = memoryBroker();
  });
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.end()));
    await Promise.all(relays.splice(0).map((relay) => relay.stop()));
    await database.drop();
  });

  /** A session that this test moves step by step. */
  async function session(url = database.url) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    sessions.push(client);
    const insert = (key: string, version: number) =>
      insertMessages(
        {
          async query(text, values) {
            const result = await client.query(text, values === undefined ? undefined : [...values]);
            return { rows: result.rows, count: result.rowCount ?? 0 };
          },
        },
        [happened(key, version)],
      );
    return { run: (text: string) => client.query(text), insert };
  }
  async function startRelay(options: Partial<RelayOptions> = {}): Promise<Relay> {
    const relay = createRelay({ database, broker, ...options });
    relays.push(relay);
    await relay.start();
    return relay;
  }
  const insert = (key: string, version: number) =>
    database.transaction((tx) => insertMessages(tx, [happened(key, version)]));
  /** What the relay would send next: it owns every shard. */
  async function claim(): Promise<string[]> {
    await ownEveryShard(database, "me");
    const { rows } = await database.query<OutboxRow & Record<string, unknown>>(outboxQuery("claim"), [
      "me",
      500,
      1 << 20,
    ]);
    return versions(rows);
  }
  const wrong = async (text: string) =>
    versions(
      (
        await database.query<{ key: string; payload: string }>(
          `SELECT aggregateid AS key, payload::text AS payload FROM outbox ${text}`,
        )
      ).rows,
    );
  const versions = (rows: readonly { key: string; payload: string }[]) =>
    rows.map((row) => `${row.key}${(JSON.parse(row.payload) as { version: number }).version}`);

  // Trap 1. Red when createSettledPosition takes the last position without waiting for its writers: the floor passes a1.
  it("1: a row whose transaction commits late, at a lower position, is not lost", async () => {
    const late = await session();
    await late.run("BEGIN");
    await late.insert("a", 1);
    await insert("b", 1);
    assert.deepEqual(await wrong("WHERE position > 0"), ["b1"], "a cursor would be at 2 now");
    assert.deepEqual(await claim(), ["b1"]);
    const upkeep = createUpkeep(database, "me", 0);
    await upkeep();
    await upkeep();
    await late.run("COMMIT");
    assert.deepEqual(await wrong("WHERE position > 2"), [], "and a1 lost for ever");
    await upkeep();
    assert.ok((await claim()).includes("a1"));
  });

  // Trap 2. Red when claim.sql orders by xmin before position.
  it("2: of two events of an aggregate the one whose transaction began first does not overtake", async () => {
    await database.query("CREATE TABLE elsewhere (n int); CREATE TABLE aggregate (id text PRIMARY KEY)");
    await database.query("INSERT INTO aggregate VALUES ('a')");
    const older = await session();
    const younger = await session();
    await older.run("BEGIN");
    // Its first write gives it the lower transaction id, long before it comes to the aggregate.
    await older.run("INSERT INTO elsewhere VALUES (1)");
    await younger.run("BEGIN");
    await younger.run("SELECT FROM aggregate WHERE id = 'a' FOR UPDATE");
    await younger.insert("a", 1);
    await younger.run("COMMIT");
    await older.run("SELECT FROM aggregate WHERE id = 'a' FOR UPDATE");
    await older.insert("a", 2);
    await older.run("COMMIT");
    const fenced = `WHERE xmin::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                    ORDER BY xmin::text::bigint, position`;
    assert.deepEqual(await wrong(fenced), ["a2", "a1"]);
    assert.deepEqual(await claim(), ["a1", "a2"]);
  });

  describe("3: an idle transaction in another database", () => {
    let other: TestDatabase;
    beforeEach(async () => {
      other = await testDatabase();
    });
    afterEach(() => other.drop());

    // Trap 3. Red when writers.sql asks pg_snapshot_xmin, or the claim waits behind it.
    it("stalls a fence of xmin, but neither the claim nor the floor", async () => {
      const idle = await session(other.url);
      await idle.run("BEGIN; SELECT pg_current_xact_id()");
      await insert("a", 1);
      const fence = "WHERE xmin::text::bigint < pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
      assert.deepEqual(await wrong(fence), []);
      assert.deepEqual(await claim(), ["a1"]);
      const settled = createSettledPosition(database, "me");
      assert.equal(await settled(), 1n);
      assert.ok((await relayStatus(database)).oldestTransaction.transactions > 0n, "and it is seen");
      await sessions.pop()!.end();
    });
  });

  // Trap 4. Red when claim.sql's `owned` takes every shard: the second relay sends a1 and a2 as well.
  it("4: a second relay sends nothing of an aggregate that the first holds", async () => {
    await insert("a", 1);
    const [first, second] = [await session(), await session()];
    const skipping =
      "SELECT headers->>'aggregateversion' AS v FROM outbox ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED";
    await first.run("BEGIN");
    assert.equal((await first.run(skipping)).rows[0]?.v, "1");
    await insert("a", 2);
    assert.equal((await second.run(skipping)).rows[0]?.v, "2", "SKIP LOCKED hands the second relay version 2");
    await first.run("ROLLBACK");

    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    let asked = 0;
    broker.onPublish = () => (asked++ === 0 ? answered : undefined);
    await startRelay({ name: "one", leaseMs: 60_000 });
    await until(() => asked === 1);
    const other = await startRelay({ name: "two", leaseMs: 60_000 });
    await insert("a", 3);
    const looks = await looksOfOutbox();
    await until(async () => {
      other.kick();
      return (await looksOfOutbox()) > looks + 20n;
    });
    const sentMeanwhile = sentVersions(broker.records);
    answer();
    assert.deepEqual(sentMeanwhile, []);
    await until(async () => (await relayStatus(database)).unpublished === 0);
    assert.deepEqual(sentVersions(broker.records), ["a1", "a2", "a3"]);
  });

  /** How often somebody has looked whose shards these are. */
  async function looksOfOutbox(): Promise<bigint> {
    const { rows } = await database.query<{ looks: bigint }>(
      "SELECT pg_stat_force_next_flush(), seq_scan + idx_scan AS looks FROM pg_stat_user_tables WHERE relname = 'outbox_shard'",
    );
    return rows[0]!.looks;
  }

  // Trap 5. Red when relayPass keeps the claim's transaction open while it sends.
  it("5: no transaction is open while the broker is asked", async () => {
    // The lease's own transactions, and the server's, come and go; the claim's would last as long as the broker takes.
    let ended = false;
    broker.onPublish = async () => {
      await until(async () => {
        const { rows } = await database.query(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL`,
        );
        return rows.length === 0;
      });
      ended = true;
    };
    await insert("a", 1);
    await startRelay();
    await until(() => broker.records.length === 1);
    assert.ok(ended);
  });

  // Trap 5. Red when the id is minted where the record is made, in send.ts.
  it("5: what is sent twice has the same id both times", async () => {
    const ids = await insert("a", 1);
    let failures = 1;
    await startRelay({
      onPublished: async () => {
        if (failures-- > 0) throw new Error("the mark is lost");
      },
    });
    await until(() => broker.records.length === 2);
    // A consumer knows a message by the id in its envelope.
    for (const idOf of [
      ({ id }: Record<string, string>) => id,
      ({ eda }: Record<string, string>) => JSON.parse(eda!).id,
    ])
      assert.deepEqual(
        broker.records.map(({ headers }) => idOf(headers)),
        [...ids, ...ids],
      );
  });
});
