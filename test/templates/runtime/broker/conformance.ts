import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  type Batch,
  type Broker,
  type IncomingRecord,
  type OutgoingRecord,
  PartitionLostError,
  type SubscribeOptions,
  type Subscription,
} from "../../../../templates/runtime/src/broker/broker.ts";
import { partitionFor } from "../../../../templates/runtime/src/broker/murmur2.ts";
import type { BrokerUnderTest } from "./broker-under-test.ts";
import { assertOrder } from "./ledger.ts";
import { type ConsumerProcess, spawnConsumer } from "./spawn-consumer.ts";
import { until } from "./until.ts";

/** What every broker must do, whatever it is made of. */
export function conformance(name: string, start: () => Promise<BrokerUnderTest>): void {
  describe(`${name}: conformance`, () => {
    let subject: BrokerUnderTest;
    let broker: Broker;
    let topic: string;
    let group: string;
    let opened: Broker[];
    let processes: ConsumerProcess[];

    before(async () => {
      subject = await start();
    });
    after(() => subject.close());
    beforeEach(async () => {
      opened = [];
      processes = [];
      broker = await open();
      topic = `topic-${randomUUID()}`;
      group = `group-${randomUUID()}`;
      await broker.ensureTopics([{ name: topic, partitions: 4 }]);
    });
    afterEach(async () => {
      for (const consumer of processes) consumer.signal("SIGKILL");
      await Promise.all(processes.map((consumer) => consumer.exited));
      await Promise.all(opened.map((one) => one.close()));
    });

    async function open(): Promise<Broker> {
      const one = await subject.open();
      opened.push(one);
      return one;
    }

    const record = (key: string, value: string, headers: Record<string, string> = {}): OutgoingRecord => ({
      topic,
      key,
      value: new TextEncoder().encode(value),
      headers,
    });
    /** `count` records over ten keys; each value is `key/number`, numbered per key from `from` on. */
    const numbered = (count: number, from = 0) =>
      Array.from({ length: count }, (_, n) => record(`key-${n % 10}`, `key-${n % 10}/${from + Math.floor(n / 10)}`));
    const values = (records: readonly IncomingRecord[]) => records.map(textOf);

    async function collect(
      options: Partial<SubscribeOptions> = {},
      from: Broker = broker,
    ): Promise<{ readonly records: IncomingRecord[]; readonly subscription: Subscription }> {
      const records: IncomingRecord[] = [];
      const subscription = await from.subscribe(
        { group, topics: [topic], from: "earliest", ...options },
        async (batch) => void records.push(...batch.records),
      );
      return { records, subscription };
    }

    function consumer(options: Partial<SubscribeOptions> = {}, holds = false): ConsumerProcess {
      const subscribe: SubscribeOptions = { group, topics: [topic], from: "earliest", ...options };
      const one = spawnConsumer({ module: subject.process.module.href, subscribe, holds }, subject.process.env);
      processes.push(one);
      return one;
    }

    const drained = () =>
      until(
        async () => (await broker.positions(group)).every(({ next, end }) => next === end),
        "the group has read all",
      );

    describe("records", () => {
      it("of one key keep their order, across calls and members", async () => {
        const first = await collect();
        const second = await collect({}, await open());
        for (let call = 0; call < 20; call++) await broker.publish(numbered(100, call * 10));
        await until(() => first.records.length + second.records.length >= 2_000, "2,000 records arrive");
        assertOrder([...values(first.records), ...values(second.records)], 200);
      });

      it("of one key keep the order of calls that were not waited for", async () => {
        const { records } = await collect();
        await Promise.all(Array.from({ length: 100 }, (_, n) => broker.publish([record("key-0", `key-0/${n}`)])));
        await until(() => records.length >= 100, "100 records arrive");
        assertOrder(values(records), 100);
      });

      it("go to the partition that Kafka's Java client would choose", async () => {
        const { records } = await collect();
        await broker.publish(numbered(50));
        await until(() => records.length === 50, "50 records arrive");
        for (const { key, partition } of records) assert.equal(partition, partitionFor(key, 4));
      });

      it("arrive with key, bytes, headers, place and time as they were sent", async () => {
        const { records } = await collect();
        const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
        const headers = { eda: '{"quote":"\\"","null":"\\u0000"}', "x-ünï": "ł 😀 \\ ' \" {}", empty: "" };
        await broker.publish([
          { topic, key: "zażółć \\ \" ' {,} 😀", value: bytes, headers },
          { topic, key: "", value: new Uint8Array(), headers: {} },
        ]);
        await until(() => records.length === 2, "2 records arrive");
        const [empty, full] = records.toSorted((a, b) => a.key.length - b.key.length);
        assert.equal(full!.key, "zażółć \\ \" ' {,} 😀");
        assert.deepEqual(new Uint8Array(full!.value), bytes);
        assert.deepEqual(full!.headers, headers);
        assert.equal(full!.topic, topic);
        assert.equal(typeof full!.offset, "bigint");
        assert.ok(Math.abs(Date.now() - full!.timestamp.getTime()) < 60_000);
        assert.deepEqual([empty!.key, empty!.value.byteLength, empty!.headers], ["", 0, {}]);
      });

      it("may have 900 kB, and thirty of them be waiting at once", async () => {
        const large = "x".repeat(900_000);
        await broker.publish(Array.from({ length: 30 }, (_, n) => record("key", `${n}/${large}`)));
        const { records } = await collect();
        await until(() => records.length >= 30, "30 large records arrive");
        assert.deepEqual(
          records.map((one) => [Number.parseInt(textOf(one), 10), one.value.byteLength > 900_000]),
          Array.from({ length: 30 }, (_, n) => [n, true]),
        );
      });

      it("for an unknown topic are refused", async () => {
        await assert.rejects(broker.publish([{ ...record("key", "x"), topic: `no-${topic}` }]), /no-topic/);
      });
    });

    describe("topics", () => {
      it("are created once and never changed", async () => {
        const other = await open();
        await Promise.all([broker, other].map((one) => one.ensureTopics([{ name: `${topic}-2`, partitions: 3 }])));
        await broker.ensureTopics([{ name: `${topic}-2`, partitions: 9 }]);
        await collect({ topics: [`${topic}-2`] });
        assert.equal((await broker.positions(group)).length, 3);
      });
    });

    describe("groups", () => {
      it("read independently of each other", async () => {
        const ours = await collect();
        const failing = await broker.subscribe({ group: `${group}-2`, topics: [topic], from: "earliest" }, async () => {
          throw new Error("this group fails");
        });
        await broker.publish(numbered(100));
        await drained();
        assertOrder(values(ours.records), 10);
        const theirs = await broker.positions(`${group}-2`);
        assert.ok(theirs.every(({ next }) => next === 0n));
        await failing.close();
      });

      it("begin at the end when they ask for the latest, and at the beginning otherwise", async () => {
        await broker.publish(numbered(10));
        const latest = await collect({ group: `${group}-latest`, from: "latest" });
        const earliest = await collect();
        await broker.publish(numbered(10, 1));
        await until(() => earliest.records.length === 20, "20 records arrive");
        await until(() => latest.records.length >= 10, "10 records arrive");
        assert.deepEqual(values(latest.records).toSorted(), numbered(10, 1).map(textOf));
      });

      it("go on where they were, whatever they ask for", async () => {
        const before = await collect();
        await broker.publish(numbered(10));
        await until(() => before.records.length === 10, "10 records arrive");
        await before.subscription.close();
        await broker.publish(numbered(10, 1));
        const after = await collect({ from: "latest" });
        await until(() => after.records.length >= 10, "10 records arrive");
        assert.deepEqual(values(after.records).toSorted(), numbered(10, 1).map(textOf));
      });

      it("tell their positions and the ends of their topics", async () => {
        await broker.publish(numbered(40));
        await collect();
        await drained();
        const positions = await broker.positions(group);
        assert.deepEqual(
          positions.map(({ topic: name, partition }) => [name, partition]),
          [0, 1, 2, 3].map((partition) => [topic, partition]),
        );
        assert.equal(
          positions.reduce((sum, { next }) => sum + next, 0n),
          40n,
        );
        assert.deepEqual(await broker.positions(`no-${group}`), []);
      });
    });

    describe("handlers", () => {
      it("get at most the batch they ask for, of one partition, and no other of it meanwhile", async () => {
        const busy = new Set<number>();
        let handled = 0;
        await broker.publish(numbered(200));
        await broker.subscribe({ group, topics: [topic], from: "earliest", maxBatch: 7 }, async (batch) => {
          assert.ok(batch.records.length <= 7);
          assert.ok(batch.records.every(({ partition }) => partition === batch.partition));
          assert.ok(!busy.has(batch.partition));
          busy.add(batch.partition);
          await new Promise(setImmediate);
          busy.delete(batch.partition);
          handled += batch.records.length;
        });
        await until(() => handled === 200, "200 records are handled");
      });

      it("that fail get the same records again, and later ones wait", async () => {
        const seen: string[][] = [];
        await broker.publish([record("key", "key/0"), record("key", "key/1")]);
        await broker.subscribe({ group, topics: [topic], from: "earliest" }, async (batch) => {
          seen.push(values(batch.records));
          if (seen.length === 1) await broker.publish([record("key", "key/2")]);
          if (seen.length < 3) throw new Error("not yet");
        });
        await drained();
        assert.deepEqual(seen[0], ["key/0", "key/1"]);
        for (const again of seen.slice(1, 3)) assert.deepEqual(again.slice(0, 2), ["key/0", "key/1"]);
        assert.ok(seen.flat().lastIndexOf("key/2") > seen.flat().indexOf("key/1"));
      });

      it("that commit a part and fail get the rest again", async () => {
        const seen: string[][] = [];
        await broker.publish([record("key", "0"), record("key", "1"), record("key", "2")]);
        await broker.subscribe({ group, topics: [topic], from: "earliest" }, async (batch) => {
          seen.push(values(batch.records));
          if (seen.length > 1) return;
          await batch.commit(batch.records[1]!.offset);
          throw new Error("after the first");
        });
        await drained();
        assert.deepEqual(seen, [
          ["0", "1", "2"],
          ["1", "2"],
        ]);
      });

      it("that commit a part and return get the rest again", async () => {
        const seen: string[] = [];
        await broker.publish([record("key", "0"), record("key", "1"), record("key", "2")]);
        await broker.subscribe({ group, topics: [topic], from: "earliest" }, async (batch) => {
          seen.push(textOf(batch.records[0]!));
          await batch.commit(batch.records[0]!.offset + 1n);
        });
        await drained();
        assert.deepEqual(seen, ["0", "1", "2"]);
      });

      it("may end before the subscription does, and are told by the signal", async () => {
        const started = Promise.withResolvers<Batch>();
        const mayEnd = Promise.withResolvers<void>();
        await broker.publish([record("key", "0")]);
        const subscription = await broker.subscribe({ group, topics: [topic], from: "earliest" }, async (batch) => {
          started.resolve(batch);
          await mayEnd.promise;
        });
        const { signal } = await started.promise;
        assert.equal(signal.aborted, false);
        const closing = subscription.close();
        await until(() => signal.aborted, "the signal is aborted");
        mayEnd.resolve();
        await closing;
        await subscription.ended;
        assert.ok((await broker.positions(group)).every(({ next, end }) => next === end));
      });
    });

    describe("seek", () => {
      it("hands records out again", async () => {
        const { records } = await collect();
        await broker.publish([record("key", "0"), record("key", "1"), record("key", "2")]);
        await until(() => records.length === 3, "3 records arrive");
        await broker.seek(group, topic, partitionFor("key", 4), 1n);
        await until(() => records.length >= 5, "2 of them arrive again");
        assert.deepEqual(values(records), ["0", "1", "2", "1", "2"]);
      });

      it("is not undone by the commit of a batch that was running", async () => {
        const seen: string[][] = [];
        const partition = partitionFor("key", 4);
        await broker.publish([record("key", "0"), record("key", "1")]);
        await broker.subscribe({ group, topics: [topic], from: "earliest" }, async (batch) => {
          seen.push(values(batch.records));
          if (seen.length === 1) await broker.seek(group, topic, partition, 1n);
        });
        await until(() => seen.length >= 2, "a second batch arrives");
        assert.deepEqual(seen[1], ["1"]);
      });

      it("refuses a position that the partition does not have", async () => {
        await collect();
        await assert.rejects(broker.seek(group, topic, 0, 1n), RangeError);
        await assert.rejects(broker.seek(group, topic, 0, -1n), RangeError);
      });
    });

    describe("rebalance", () => {
      it("shares a topic between members that come and go, without loss", async () => {
        const first = await collect();
        await broker.publish(numbered(100));
        const second = await collect({}, await open());
        await until(async () => {
          await broker.publish(numbered(10, 1_000));
          return second.records.length > 0;
        }, "the second member gets records");
        await first.subscription.close();
        const before = second.records.length;
        await broker.publish(numbered(100, 10));
        await drained();
        assert.ok(second.records.length >= before + 100);
        const all = [...values(first.records), ...values(second.records)];
        for (const value of [...numbered(100), ...numbered(100, 10)].map(textOf)) assert.ok(all.includes(value), value);
      });

      it("lets the running batch end before it gives a partition away", async () => {
        await broker.ensureTopics([{ name: `${topic}-2`, partitions: 2 }]);
        const publish = () => broker.publish(numbered(20).map((one) => ({ ...one, topic: `${topic}-2` })));
        await publish();
        const running = new Map<number, Batch>();
        const mayEnd = Promise.withResolvers<void>();
        await broker.subscribe({ group, topics: [`${topic}-2`], from: "earliest" }, async (batch) => {
          running.set(batch.partition, batch);
          await mayEnd.promise;
        });
        await until(() => running.size === 2, "both partitions are being handled");
        const second = await collect({ topics: [`${topic}-2`] }, await open());
        mayEnd.resolve();
        await until(async () => {
          await publish();
          return second.records.length > 0;
        }, "the second member gets records");
        assert.ok([...running.values()].every(({ signal }) => !signal.aborted));
        // What the first member had in hand was committed by it, and not handed out again.
        assert.ok(
          second.records.every(({ partition, offset }) => offset > running.get(partition)!.records.at(-1)!.offset),
        );
      });

      it("hands everything of a killed member to another, at least once", async () => {
        const killed = consumer({ maxBatch: 5 }, true);
        await killed.said("joined");
        await broker.publish(numbered(100));
        await killed.said("handling");
        killed.send("go");
        await killed.said("committed");
        killed.signal("SIGKILL");
        await killed.exited;
        const heir = await collect();
        await drained();
        assertOrder([...killed.values("committed"), ...values(heir.records)], 10);
      });

      it("gives a member that was killed and restarts under its instance name its place again", async () => {
        const killed = consumer({ instance: "one" }, true);
        await killed.said("joined");
        await broker.publish(numbered(40));
        await killed.said("handling");
        killed.signal("SIGKILL");
        await killed.exited;
        const restarted = consumer({ instance: "one" });
        await until(() => restarted.values("committed").length >= 40, "the restarted member reads all");
        assertOrder(restarted.values("committed"), 4);
      });

      it("refuses the commit of a member that was paused and has lost its partition", async () => {
        await broker.publish(numbered(40));
        const paused = consumer({}, true);
        await paused.said("handling");
        paused.signal("SIGSTOP");
        const heir = await collect();
        await drained();
        assertOrder(values(heir.records), 4);
        const positions = await broker.positions(group);
        paused.signal("SIGCONT");
        paused.send("go");
        await paused.said("refused");
        await paused.said("aborted");
        assert.ok(paused.lines.some((line) => "error" in line && line.error === PartitionLostError.name));
        assert.deepEqual(await broker.positions(group), positions);
      });

      it("takes a member back that was paused", async () => {
        const paused = consumer();
        await paused.said("joined");
        paused.signal("SIGSTOP");
        const other = await collect();
        await broker.publish(numbered(40));
        await drained();
        paused.signal("SIGCONT");
        await until(async () => {
          await broker.publish(numbered(40, 100));
          return paused.values("committed").some((value) => Number(value.split("/")[1]) >= 100);
        }, "the member that was paused gets records again");
        await other.subscription.close();
      });
    });

    describe("an unreachable broker", () => {
      it("rejects what is published, and serves everybody again once it is back", async () => {
        const { records } = await collect();
        await broker.publish(numbered(10));
        await until(() => records.length === 10, "10 records arrive");
        await subject.down();
        try {
          await assert.rejects(broker.publish(numbered(10, 1)));
        } finally {
          await subject.up();
        }
        await until(async () => {
          const published = broker.publish(numbered(10, 1));
          return published.then(
            () => true,
            () => false,
          );
        }, "publishing works again");
        await until(() => new Set(values(records)).size === 20, "the subscription gets what was published since");
      });
    });

    describe("a closed broker", () => {
      it("refuses everything, and closing twice is no error", async () => {
        const { subscription } = await collect();
        await broker.close();
        await broker.close();
        await subscription.ended;
        await assert.rejects(broker.publish(numbered(1)), /closed/);
        await assert.rejects(collect(), /closed/);
      });
    });
  });
}

function textOf(record: Pick<OutgoingRecord, "value">): string {
  return new TextDecoder().decode(record.value);
}
