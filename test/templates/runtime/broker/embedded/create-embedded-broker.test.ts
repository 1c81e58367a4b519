import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Batch, Broker, OutgoingRecord } from "../../../../../templates/runtime/src/broker/broker.ts";
import {
  createEmbeddedBroker,
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { startPostgres } from "../../../../../templates/runtime/src/embedded/postgres.ts";
import { type TestDatabase, testDatabase } from "../../../../support/postgres.ts";
import { until } from "../until.ts";
import { startProxy } from "./proxy.ts";

const record = (key: string, value = ""): OutgoingRecord => ({
  topic: "t",
  key,
  value: new TextEncoder().encode(value),
  headers: {},
});

function recordingLog() {
  const lines: string[] = [];
  const write = (_: object, message: string) => void lines.push(message);
  return { lines, info: write, warn: write, error: write };
}

describe("embedded broker", () => {
  let server: TestDatabase;
  let database: Database;
  let opened: Broker[];
  beforeEach(async () => {
    server = await testDatabase();
    database = createDatabase({ url: server.url });
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((broker) => broker.close()));
    await database.close();
    await server.drop();
  });

  async function open(options: Partial<EmbeddedBrokerOptions> = {}): Promise<EmbeddedBroker> {
    const broker = await createEmbeddedBroker({ url: server.url, ...options });
    opened.push(broker);
    await broker.ensureTopics([{ name: "t", partitions: 2 }]);
    return broker;
  }

  it("opens in several processes at once, on a database that is empty", async () => {
    await Promise.all([open(), open(), open()]);
  });

  it("says in one line where the server is that it cannot reach", async () => {
    const url = new URL(server.url);
    url.pathname = "/absent";
    await assert.rejects(createEmbeddedBroker({ url: url.href }), {
      message: /^no connection to PostgreSQL at [^\n]*there is no database absent$/,
    });
  });

  it("finds records whose wake-up was lost", async () => {
    const broker = await open();
    const arrived = Promise.withResolvers<Batch>();
    await broker.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async (batch) => arrived.resolve(batch));
    // As publish does it, but without NOTIFY.
    await database.query("SELECT broker.append('{1}', '{key}', '{\"{}\"}', '', '{0}')");
    assert.equal((await arrived.promise).records[0]!.key, "key");
  });

  it("refuses a record that it cannot hold, and publishes nothing of the call", async () => {
    const broker = await open();
    const large = { ...record("a"), value: new Uint8Array(1_100_000) };
    await assert.rejects(broker.publish([record("a"), large]), {
      name: "RecordRefusedError",
      message: /more than 1048576/,
    });
    await assert.rejects(broker.publish([record("a"), record("\0")]), { name: "RecordRefusedError", message: /NUL/ });
    await assert.rejects(broker.publish([record("a"), { ...record("a"), topic: "absent" }]), {
      name: "RecordRefusedError",
      message: /there is no topic absent/,
    });
    const { rows } = await database.query("SELECT count(*) AS n FROM broker.record");
    assert.deepEqual(rows, [{ n: 0n }]);
  });

  it("refuses a commit outside of the batch", async () => {
    const broker = await open();
    await broker.publish([record("a"), record("a")]);
    const refused = Promise.withResolvers<unknown>();
    await broker.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async (batch) => {
      await batch.commit(batch.records.at(-1)!.offset + 2n).catch(refused.resolve);
    });
    assert.ok((await refused.promise) instanceof RangeError);
  });

  it("refuses to subscribe to a topic that does not exist", async () => {
    const broker = await open();
    await assert.rejects(
      broker.subscribe({ group: "g", topics: ["t", "absent"], from: "earliest" }, async () => {}),
      { name: "UnknownTopicError", message: /there is no topic absent/ },
    );
  });

  it("ends a subscription whose instance name another one takes", async () => {
    const subscribe = (broker: Broker) =>
      broker.subscribe({ group: "g", topics: ["t"], from: "earliest", instance: "one" }, async () => {});
    const first = await subscribe(await open());
    await subscribe(await open());
    await assert.rejects(first.ended, { name: "InstanceReplacedError" });
  });

  describe("a lease that cannot be renewed", () => {
    async function running(broker: Broker): Promise<{ readonly signal: AbortSignal; readonly end: () => void }> {
      const batch = Promise.withResolvers<Batch>();
      const mayEnd = Promise.withResolvers<void>();
      await broker.publish([record("a")]);
      await broker.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async (handed) => {
        batch.resolve(handed);
        await mayEnd.promise;
      });
      return { signal: (await batch.promise).signal, end: mayEnd.resolve };
    }

    // Red without guardLease in subscription.ts.
    it("because the server does not answer is told to the running handler", async () => {
      const { signal, end } = await running(await open({ leaseMs: 300 }));
      await database.transaction(async (tx) => {
        await tx.query("LOCK TABLE broker.member IN ACCESS EXCLUSIVE MODE");
        await until(() => signal.aborted, "the signal is aborted");
      });
      end();
    });

    // Red when guardLease is called before the renewal has been granted.
    it("because there is no connection is told to the running handler", async () => {
      const direct = new URL(server.url);
      const proxy = await startProxy(Number(direct.port), direct.hostname);
      const url = new URL(direct);
      url.host = `127.0.0.1:${proxy.port}`;
      const { signal, end } = await running(await open({ url: url.href, leaseMs: 1_500 }));
      await proxy.cut();
      await until(() => signal.aborted, "the signal is aborted");
      end();
      await opened.pop()!.close();
      await proxy.close();
    });
  });

  /** Resolves once each member has looked at its assignment after this call: a renewal comes before each look. */
  async function membersHaveLooked(): Promise<void> {
    const leases = async () =>
      (await database.query<{ id: string; at: Date }>("SELECT id, lease_until AS at FROM broker.member")).rows;
    for (let renewal = 0; renewal < 2; renewal++) {
      const before = new Map((await leases()).map(({ id, at }) => [id, at.getTime()]));
      await until(
        async () => (await leases()).every(({ id, at }) => at.getTime() !== before.get(id)),
        "each member renews its lease",
      );
    }
  }

  // Red when `follow` in subscription.ts loses a partition that it should drain.
  it("lets a batch end whose partition shall go to another member", async () => {
    const running: Batch[] = [];
    const mayEnd = Promise.withResolvers<void>();
    const first = await open({ leaseMs: 400 });
    await first.publish([record("a"), record("b"), record("c"), record("d")]);
    await first.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async (batch) => {
      running.push(batch);
      await mayEnd.promise;
    });
    await until(() => running.length === 2, "both partitions are being handled");
    const second = await open({ leaseMs: 400 });
    await second.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async () => {});
    await membersHaveLooked();
    assert.deepEqual(
      running.map(({ signal }) => signal.aborted),
      [false, false],
    );
    mayEnd.resolve();
    await until(async () => {
      const { rows } = await database.query<{ n: bigint }>(
        "SELECT count(DISTINCT owner) AS n FROM broker.group_partition WHERE owner = assigned",
      );
      return rows[0]!.n === 2n;
    }, "each member has a partition");
  });

  // Red when a reader does not wait for the former one of its partition (`after` in partition-reader.ts).
  it("never runs two handlers of one partition in one member, though it lost it and took it again", async () => {
    let running = 0;
    let most = 0;
    const batches: Batch[] = [];
    const mayEnd = Promise.withResolvers<void>();
    const broker = await open({ leaseMs: 400 });
    await broker.publish([record("a")]);
    await broker.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async (batch) => {
      most = Math.max(most, ++running);
      batches.push(batch);
      await mayEnd.promise;
      running--;
    });
    await until(() => running === 1, "the record is being handled");
    await database.query("DELETE FROM broker.member; UPDATE broker.group_partition SET owner = NULL");
    await until(() => batches[0]!.signal.aborted, "the handler is told");
    await until(async () => {
      const { count } = await database.query(
        "SELECT FROM broker.group_partition g JOIN broker.member m ON m.id = g.owner",
      );
      return count === 2;
    }, "the member has joined again and has both partitions");
    await membersHaveLooked();
    mayEnd.resolve();
    await until(() => batches.length === 2, "the record is handed out again");
    assert.equal(most, 1);
  });

  describe("retention", () => {
    it("deletes what is too old, and tells a group that had not read it", async () => {
      const log = recordingLog();
      const broker = await open({ retentionMs: 3_600_000, log });
      await broker.publish([record("a", "0"), record("a", "1"), record("a", "2")]);
      await database.query(`UPDATE broker.record SET written_at = now() - interval '2 h' WHERE "offset" < 2`);
      const partition = (
        await database.query<{ number: number }>("SELECT number FROM broker.partition WHERE next_offset = 3")
      ).rows[0]!.number;
      await broker.seek("g", "t", partition, 0n);
      assert.equal(await broker.deleteExpired(), 2);
      assert.equal(await broker.deleteExpired(), 0);
      assert.deepEqual(await broker.positions("g"), [{ topic: "t", partition, next: 2n, end: 3n }]);
      const arrived = Promise.withResolvers<Batch>();
      await broker.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async (batch) => arrived.resolve(batch));
      assert.deepEqual(
        (await arrived.promise).records.map(({ offset }) => offset),
        [2n],
      );
      assert.ok(log.lines.includes("retention has deleted records not yet read"));
    });

    // Red without the commit after that warning in partition-reader.ts: the position stays where nothing is any more.
    it("tells it once, also where nothing is left to read", async () => {
      const log = recordingLog();
      const broker = await open({ retentionMs: 0, log });
      await broker.publish([record("a", "0"), record("a", "1")]);
      assert.equal(await broker.deleteExpired(), 2);
      await database.query("INSERT INTO broker.consumer_group (name) VALUES ('g')");
      await database.query(
        "INSERT INTO broker.group_partition (group_name, partition_id, next_offset) SELECT 'g', id, 0 FROM broker.partition",
      );
      await broker.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async () => {});
      const behind = `SELECT FROM broker.group_partition g JOIN broker.partition p ON p.id = g.partition_id
                       WHERE g.next_offset < p.next_offset`;
      await until(async () => (await database.query(behind)).count === 0, "the position is moved");
      assert.equal(log.lines.filter((line) => line.startsWith("retention has deleted")).length, 1);
    });

    it("leaves a group at the end of a partition that it has emptied", async () => {
      const broker = await open({ retentionMs: 0 });
      await broker.publish([record("a", "0"), record("a", "1")]);
      await broker.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async () => {
        throw new Error("never handled");
      });
      assert.equal(await broker.deleteExpired(), 2);
      const positions = await broker.positions("g");
      assert.ok(positions.every(({ next, end }) => next === end));
      await broker.publish([record("a", "2")]);
      assert.equal(
        (await broker.positions("g")).reduce((sum, { next, end }) => sum + end - next, 0n),
        1n,
      );
    });
  });

  it("goes on by itself when its server has been stopped and started, and says both once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "broker-"));
    const log = recordingLog();
    let postgres = await startPostgres({ dataDir: join(folder, "postgres") });
    const broker = await createEmbeddedBroker({ url: postgres.url, log });
    try {
      await broker.ensureTopics([{ name: "t", partitions: 2 }]);
      const seen: string[] = [];
      await broker.subscribe({ group: "g", topics: ["t"], from: "earliest" }, async ({ records }) => {
        seen.push(...records.map(({ value }) => new TextDecoder().decode(value)));
      });
      await broker.publish([record("a", "before")]);
      await until(() => seen.includes("before"), "the first record arrives");
      await postgres.stop();
      await assert.rejects(broker.publish([record("a", "while down")]), { name: "DatabaseUnavailableError" });
      postgres = await startPostgres({ dataDir: join(folder, "postgres"), port: postgres.port });
      await until(
        () =>
          broker.publish([record("a", "after")]).then(
            () => true,
            () => false,
          ),
        "publishing works again",
      );
      await until(() => seen.includes("after"), "the subscription gets records again");
      await until(() => log.lines.length === 2, "the log says both");
      assert.deepEqual(log.lines, [
        "the broker's database fails; trying again until it answers",
        "the broker's database answers again",
      ]);
    } finally {
      await broker.close();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
