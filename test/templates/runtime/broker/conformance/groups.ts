import assert from "node:assert/strict";
import { partitionFor } from "../../../../../templates/runtime/src/broker/murmur2.ts";
import { assertOrder } from "../ledger.ts";
import { until } from "../until.ts";
import { type Setting, textOf, values } from "./setting.ts";

/** Where a group is, and is put. */
export function groupsConform(at: Setting): void {
  const { record, numbered, collect, drained } = at;

  describe("groups", () => {
    it("read independently of each other", async () => {
      const ours = await collect();
      const failing = await at.broker.subscribe(
        { group: `${at.group}-2`, topics: [at.topic], from: "earliest" },
        async () => {
          throw new Error("this group fails");
        },
      );
      await at.broker.publish(numbered(100));
      await drained();
      assertOrder(values(ours.records), 10);
      const theirs = await at.broker.positions(`${at.group}-2`);
      assert.ok(theirs.every(({ next }) => next === 0n));
      await failing.close();
    });

    it("begin at the end when they ask for the latest, and at the beginning otherwise", async () => {
      await at.broker.publish(numbered(10));
      const latest = await collect({ group: `${at.group}-latest`, from: "latest" });
      const earliest = await collect();
      await at.broker.publish(numbered(10, 1));
      await until(() => earliest.records.length === 20, "20 records arrive");
      await until(() => latest.records.length >= 10, "10 records arrive");
      assert.deepEqual(values(latest.records).toSorted(), numbered(10, 1).map(textOf));
    });

    it("go on where they were, whatever they ask for", async () => {
      const before = await collect();
      await at.broker.publish(numbered(10));
      await until(() => before.records.length === 10, "10 records arrive");
      await before.subscription.close();
      await at.broker.publish(numbered(10, 1));
      const after = await collect({ from: "latest" });
      await until(() => after.records.length >= 10, "10 records arrive");
      assert.deepEqual(values(after.records).toSorted(), numbered(10, 1).map(textOf));
    });

    it("tell their positions and the ends of their topics", async () => {
      await at.broker.publish(numbered(40));
      await collect();
      await drained();
      const positions = await at.broker.positions(at.group);
      assert.deepEqual(
        positions.map(({ topic: name, partition }) => [name, partition]),
        [0, 1, 2, 3].map((partition) => [at.topic, partition]),
      );
      assert.equal(
        positions.reduce((sum, { next }) => sum + next, 0n),
        40n,
      );
      assert.deepEqual(await at.broker.positions(`no-${at.group}`), []);
    });
  });

  describe("seek", () => {
    it("hands records out again", async () => {
      const { records } = await collect();
      await at.broker.publish([record("key", "0"), record("key", "1"), record("key", "2")]);
      await until(() => records.length === 3, "3 records arrive");
      await at.broker.seek(at.group, at.topic, partitionFor("key", 4), 1n);
      await until(() => records.length >= 5, "2 of them arrive again");
      assert.deepEqual(values(records), ["0", "1", "2", "1", "2"]);
    });

    it("is not undone by the commit of a batch that was running", async () => {
      const seen: string[][] = [];
      const partition = partitionFor("key", 4);
      await at.broker.publish([record("key", "0"), record("key", "1")]);
      await at.broker.subscribe({ group: at.group, topics: [at.topic], from: "earliest" }, async (batch) => {
        seen.push(values(batch.records));
        if (seen.length === 1) await at.broker.seek(at.group, at.topic, partition, 1n);
      });
      await until(() => seen.length >= 2, "a second batch arrives");
      assert.deepEqual(seen[1], ["1"]);
    });

    it("refuses a position that the partition does not have", async () => {
      await collect();
      await assert.rejects(at.broker.seek(at.group, at.topic, 0, 1n), RangeError);
      await assert.rejects(at.broker.seek(at.group, at.topic, 0, -1n), RangeError);
    });
  });
}
