import assert from "node:assert/strict";
import { RecordRefusedError } from "../../../../templates/runtime/src/broker/broker.ts";
import { insertMessages } from "../../../../templates/runtime/src/outbox/insert.ts";
import { createRelay } from "../../../../templates/runtime/src/outbox/relay.ts";
import type { RefusedRow, RelayOptions } from "../../../../templates/runtime/src/outbox/relay-options.ts";
import { relayStatus } from "../../../../templates/runtime/src/outbox/status.ts";
import { unpark } from "../../../../templates/runtime/src/outbox/unpark.ts";
import { type MemoryBroker, memoryBroker, sentVersions, until } from "./memory-broker.ts";
import { happened, type OutboxDatabase, outboxDatabase } from "./outbox-database.ts";

describe("relay", () => {
  let database: OutboxDatabase;
  let broker: MemoryBroker;
  const stops: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    database = await outboxDatabase();
    broker = memoryBroker();
  });
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
    await database.drop();
  });

  const insert = (...versions: [key: string, version: number][]) =>
    database.transaction((tx) =>
      insertMessages(
        tx,
        versions.map(([key, version]) => happened(key, version)),
      ),
    );
  async function start(options: Partial<RelayOptions> = {}) {
    const relay = createRelay({ database, broker, ...options });
    await relay.start();
    stops.push(() => relay.stop());
    return relay;
  }
  const empty = async () => (await relayStatus(database)).unpublished === 0;

  it("sends what was inserted, in order, and leaves the outbox empty", async () => {
    await insert(["a", 1], ["a", 2], ["b", 1]);
    const relay = await start();
    await insert(["a", 3]);
    relay.kick();
    await until(empty);
    assert.deepEqual(sentVersions(broker.records.filter((record) => record.key === "a")), ["a1", "a2", "a3"]);
    assert.deepEqual(sentVersions(broker.records.filter((record) => record.key === "b")), ["b1"]);
  });

  it("makes the record that a consumer can read", async () => {
    const [id] = await insert(["a", 1]);
    await start();
    await until(empty);
    const record = broker.records[0]!;
    assert.equal(record.topic, "orders.order.events");
    assert.equal(record.headers.id, id);
    assert.equal(record.headers.type, "orders.OrderChanged");
    const { time, ...envelope } = JSON.parse(record.headers.eda!) as Record<string, unknown>;
    assert.deepEqual(envelope, { ...happened("a", 1).envelope, id });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it("sends nothing of a transaction that rolls back", async () => {
    await assert.rejects(
      database.transaction(async (tx) => {
        await insertMessages(tx, [happened("a", 1)]);
        throw new Error("no");
      }),
    );
    await insert(["b", 1]);
    await start();
    await until(() => broker.records.length > 0);
    assert.deepEqual(sentVersions(broker.records), ["b1"]);
  });

  it("keeps published rows for the retention, apart from the outbox, and deletes older ones alone", async () => {
    await insert(["a", 1]);
    await start({ retentionMs: 3_600_000 });
    await until(empty);
    const published = () => database.query<{ id: string }>("SELECT id FROM outbox_published ORDER BY position");
    assert.equal((await published()).rows.length, 1);
    await database.query("UPDATE outbox_published SET published_at = now() - interval '2 hours'");
    await until(async () => (await published()).rows.length === 0);
  });

  it("runs a hook in the transaction that records rows as published", async () => {
    const ids = await insert(["a", 1], ["a", 2]);
    const seen: string[] = [];
    let failures = 1;
    await start({
      async onPublished(tx, published) {
        if (failures-- > 0) throw new Error("not yet");
        seen.push(...published);
        await tx.query("SELECT 1");
      },
    });
    await until(empty);
    assert.deepEqual(seen, ids);
    assert.equal(broker.records.length, 4, "what the hook refused was not recorded, and so sent again");
  });

  describe("when the broker refuses a row", () => {
    const poison = (broker_: MemoryBroker, key: string, version: number) => {
      broker_.onPublish = (records) => {
        if (sentVersions(records).includes(`${key}${version}`)) throw new RecordRefusedError("orders", "too large");
      };
    };

    // Red when `divide` in send.ts goes on with the aggregate after its refused row.
    it("holds back that aggregate alone, and never sends what comes after the row", async () => {
      poison(broker, "bad", 2);
      await insert(["bad", 1], ["a", 1], ["bad", 2], ["b", 1], ["bad", 3], ["a", 2]);
      await start({ retry: { attempts: 3, initialMs: 1, maxMs: 1 } });
      await until(async () => (await relayStatus(database)).parked.length === 1);
      const { parked, unpublished } = await relayStatus(database);
      assert.equal(unpublished, 2);
      assert.equal(parked[0]?.aggregateId, "bad");
      assert.equal(parked[0]?.aggregateType, "Order");
      assert.equal(parked[0]?.attempts, 3);
      assert.match(parked[0]?.reason ?? "", /too large/);
      const sent = sentVersions(broker.records);
      assert.deepEqual(sent.toSorted(), ["a1", "a2", "b1", "bad1"]);
      assert.ok(sent.indexOf("a1") < sent.indexOf("a2"));
    });

    it("lets later rows of a parked aggregate wait until it is unparked, then sends all in order", async () => {
      poison(broker, "bad", 1);
      await insert(["bad", 1], ["bad", 2]);
      const relay = await start({ retry: { attempts: 1 } });
      await until(async () => (await relayStatus(database)).parked.length === 1);
      await insert(["bad", 3], ["good", 1]);
      relay.kick();
      await until(() => broker.records.length === 1);
      // The floor has passed the parked rows by now, and has to come back for them.
      await until(async () => {
        relay.kick();
        const { rows } = await database.query("SELECT FROM outbox_shard WHERE floor >= 4");
        return rows.length === 8;
      });
      broker.onPublish = () => undefined;
      assert.equal(await unpark(database, { aggregateType: "Order", aggregateId: "bad" }), 1);
      assert.equal(await unpark(database, { aggregateType: "Order", aggregateId: "bad" }), 0);
      relay.kick();
      await until(empty);
      assert.deepEqual(sentVersions(broker.records), ["good1", "bad1", "bad2", "bad3"]);
    });

    it("counts attempts across a restart, and begins anew with another row", async () => {
      poison(broker, "bad", 1);
      await insert(["bad", 1], ["bad", 2]);
      const refusals: RefusedRow[] = [];
      const observer = { refused: (failure: RefusedRow) => void refusals.push(failure) };
      const options = { retry: { attempts: 1_000, initialMs: 1, maxMs: 1 }, observer };
      const first = await start(options);
      await until(() => refusals.length >= 2);
      await first.stop();
      const before = refusals.splice(0).at(-1)!.attempts;
      const second = await start(options);
      await until(() => refusals.length > 0);
      assert.equal(refusals[0]!.attempts, before + 1);
      poison(broker, "bad", 2);
      second.kick();
      await until(
        () => sentVersions(broker.records).includes("bad1") && refusals.some(({ attempts }) => attempts === 1),
      );
    });
  });

  it("parks nothing while the broker is away, and goes on when it is back", async () => {
    broker.away = true;
    await insert(["a", 1], ["b", 1]);
    let interruptions = 0;
    await start({ retry: { attempts: 1 }, observer: { interrupted: () => void interruptions++ } });
    await until(() => interruptions >= 3);
    const status = await relayStatus(database);
    assert.deepEqual([status.parked, status.retrying, status.unpublished], [[], [], 2]);
    broker.away = false;
    await until(empty);
    assert.equal(broker.records.length, 2);
  });

  // Red when send.ts counts what a broker refuses that takes nothing and blames no record: every aggregate is parked.
  it("parks nothing while the broker answers and takes nothing, and goes on when it does", async () => {
    broker.onPublish = () => {
      throw new Error("cannot execute INSERT in a read-only transaction");
    };
    await insert(["a", 1], ["b", 1]);
    let interruptions = 0;
    await start({ retry: { attempts: 1 }, observer: { interrupted: () => void interruptions++ } });
    await until(() => interruptions >= 3);
    const status = await relayStatus(database);
    assert.deepEqual([status.parked, status.retrying, status.unpublished], [[], [], 2]);
    broker.onPublish = () => undefined;
    await until(empty);
  });

  it("tells a row that fails without a reason by the others, which the broker takes", async () => {
    broker.onPublish = (records) => {
      if (sentVersions(records).includes("bad1")) throw new Error("a bug in the client");
    };
    await insert(["bad", 1], ["a", 1]);
    await start({ retry: { attempts: 1 } });
    await until(async () => (await relayStatus(database)).parked.length === 1);
    assert.deepEqual(sentVersions(broker.records), ["a1"]);
  });

  describe("several relays", () => {
    it("share the shards, and a leaver's and a dead one's go to the others", async () => {
      const leaseMs = 400;
      const first = await start({ name: "first", leaseMs });
      const owners = async () => (await relayStatus(database)).shards.map((shard) => shard.owner);
      await until(async () => (await owners()).every((owner) => owner === "first"));
      await start({ name: "second", leaseMs });
      await until(async () => {
        const now = await owners();
        return now.filter((owner) => owner === "first").length === 4 && now.filter((o) => o === "second").length === 4;
      });
      await first.stop();
      await until(async () => (await owners()).every((owner) => owner === "second"));
    });

    it("take what is left over by one that died, once its lease has run out", async () => {
      await database.query(
        "UPDATE outbox_shard SET owner = 'dead', token = 7, lease_until = now() + interval '300 ms'",
      );
      await insert(["a", 1]);
      await start({ leaseMs: 400 });
      await until(empty);
      assert.deepEqual((await database.query("SELECT DISTINCT token FROM outbox_shard")).rows, [{ token: 8n }]);
    });
  });

  it("lets the batch in flight end when it stops", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let inFlight = false;
    broker.onPublish = () => {
      inFlight = true;
      return promise;
    };
    await insert(["a", 1]);
    const relay = await start();
    await until(() => inFlight);
    const stopped = relay.stop();
    resolve();
    await stopped;
    assert.equal(await empty(), true);
    assert.ok((await relayStatus(database)).shards.every((shard) => shard.owner === null));
  });
});
