import assert from "node:assert/strict";
import type { Batch } from "../../../../../templates/runtime/src/broker/broker.ts";
import { until } from "../until.ts";
import { type Setting, textOf, values } from "./setting.ts";

/** What a handler gets, and gets again. */
export function handlersConform(at: Setting): void {
  const { record, numbered, drained } = at;

  describe("handlers", () => {
    it("get at most the batch they ask for, of one partition, and no other of it meanwhile", async () => {
      const busy = new Set<number>();
      let handled = 0;
      await at.broker.publish(numbered(200));
      await at.broker.subscribe(
        { group: at.group, topics: [at.topic], from: "earliest", maxBatch: 7 },
        async (batch) => {
          assert.ok(batch.records.length <= 7);
          assert.ok(batch.records.every(({ partition }) => partition === batch.partition));
          assert.ok(!busy.has(batch.partition));
          busy.add(batch.partition);
          await new Promise(setImmediate);
          busy.delete(batch.partition);
          handled += batch.records.length;
        },
      );
      await until(() => handled === 200, "200 records are handled");
    });

    it("that fail get the same records again, and later ones wait", async () => {
      const seen: string[][] = [];
      await at.broker.publish([record("key", "key/0"), record("key", "key/1")]);
      await at.broker.subscribe({ group: at.group, topics: [at.topic], from: "earliest" }, async (batch) => {
        seen.push(values(batch.records));
        if (seen.length === 1) await at.broker.publish([record("key", "key/2")]);
        if (seen.length < 3) throw new Error("not yet");
      });
      await drained();
      assert.deepEqual(seen[0], ["key/0", "key/1"]);
      for (const again of seen.slice(1, 3)) assert.deepEqual(again.slice(0, 2), ["key/0", "key/1"]);
      assert.ok(seen.flat().lastIndexOf("key/2") > seen.flat().indexOf("key/1"));
    });

    it("that commit a part and fail get the rest again", async () => {
      const seen: string[][] = [];
      await at.broker.publish([record("key", "0"), record("key", "1"), record("key", "2")]);
      await at.broker.subscribe({ group: at.group, topics: [at.topic], from: "earliest" }, async (batch) => {
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
      await at.broker.publish([record("key", "0"), record("key", "1"), record("key", "2")]);
      await at.broker.subscribe({ group: at.group, topics: [at.topic], from: "earliest" }, async (batch) => {
        seen.push(textOf(batch.records[0]!));
        await batch.commit(batch.records[0]!.offset + 1n);
      });
      await drained();
      assert.deepEqual(seen, ["0", "1", "2"]);
    });

    it("may end before the subscription does, and are told by the signal", async () => {
      const started = Promise.withResolvers<Batch>();
      const mayEnd = Promise.withResolvers<void>();
      await at.broker.publish([record("key", "0")]);
      const subscription = await at.broker.subscribe(
        { group: at.group, topics: [at.topic], from: "earliest" },
        async (batch) => {
          started.resolve(batch);
          await mayEnd.promise;
        },
      );
      const { signal } = await started.promise;
      assert.equal(signal.aborted, false);
      const closing = subscription.close();
      await until(() => signal.aborted, "the signal is aborted");
      mayEnd.resolve();
      await closing;
      await subscription.ended;
      assert.ok((await at.broker.positions(at.group)).every(({ next, end }) => next === end));
    });
  });
}
