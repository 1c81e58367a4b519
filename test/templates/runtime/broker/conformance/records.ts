import assert from "node:assert/strict";
import { partitionFor } from "../../../../../templates/runtime/src/broker/murmur2.ts";
import { assertOrder } from "../ledger.ts";
import { until } from "../until.ts";
import { type Setting, textOf, values } from "./setting.ts";

/** What is published arrives: whole, in order, where it belongs. */
export function recordsConform(at: Setting): void {
  const { open, record, numbered, collect } = at;

  describe("records", () => {
    it("of one key keep their order, across calls and members", async () => {
      const first = await collect();
      const second = await collect({}, await open());
      for (let call = 0; call < 20; call++) await at.broker.publish(numbered(100, call * 10));
      await until(() => first.records.length + second.records.length >= 2_000, "2,000 records arrive");
      assertOrder([...values(first.records), ...values(second.records)], 200);
    });

    it("of one key keep the order of calls that were not waited for", async () => {
      const { records } = await collect();
      await Promise.all(Array.from({ length: 100 }, (_, n) => at.broker.publish([record("key-0", `key-0/${n}`)])));
      await until(() => records.length >= 100, "100 records arrive");
      assertOrder(values(records), 100);
    });

    it("go to the partition that Kafka's Java client would choose", async () => {
      const { records } = await collect();
      await at.broker.publish(numbered(50));
      await until(() => records.length === 50, "50 records arrive");
      for (const { key, partition } of records) assert.equal(partition, partitionFor(key, 4));
    });

    it("arrive with key, bytes, headers, place and time as they were sent", async () => {
      const { records } = await collect();
      const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);
      const headers = { eda: '{"quote":"\\"","null":"\\u0000"}', "x-ünï": "ł 😀 \\ ' \" {}", empty: "" };
      await at.broker.publish([
        { topic: at.topic, key: "zażółć \\ \" ' {,} 😀", value: bytes, headers },
        { topic: at.topic, key: "", value: new Uint8Array(), headers: {} },
      ]);
      await until(() => records.length === 2, "2 records arrive");
      const [empty, full] = records.toSorted((a, b) => a.key.length - b.key.length);
      assert.equal(full!.key, "zażółć \\ \" ' {,} 😀");
      assert.deepEqual(new Uint8Array(full!.value), bytes);
      assert.deepEqual(full!.headers, headers);
      assert.equal(full!.topic, at.topic);
      assert.equal(typeof full!.offset, "bigint");
      assert.ok(Math.abs(Date.now() - full!.timestamp.getTime()) < 60_000);
      assert.deepEqual([empty!.key, empty!.value.byteLength, empty!.headers], ["", 0, {}]);
    });

    it("may have 900 kB, and thirty of them be waiting at once", async () => {
      const large = "x".repeat(900_000);
      await at.broker.publish(Array.from({ length: 30 }, (_, n) => record("key", `${n}/${large}`)));
      const { records } = await collect();
      await until(() => records.length >= 30, "30 large records arrive");
      assert.deepEqual(
        records.map((one) => [Number.parseInt(textOf(one), 10), one.value.byteLength > 900_000]),
        Array.from({ length: 30 }, (_, n) => [n, true]),
      );
    });

    it("for an unknown topic are refused", async () => {
      await assert.rejects(at.broker.publish([{ ...record("key", "x"), topic: `no-${at.topic}` }]), /no-topic/);
    });
  });

  describe("topics", () => {
    it("are created once and never changed", async () => {
      const other = await open();
      await Promise.all([at.broker, other].map((one) => one.ensureTopics([{ name: `${at.topic}-2`, partitions: 3 }])));
      await at.broker.ensureTopics([{ name: `${at.topic}-2`, partitions: 9 }]);
      await collect({ topics: [`${at.topic}-2`] });
      assert.equal((await at.broker.positions(at.group)).length, 3);
    });
  });
}
