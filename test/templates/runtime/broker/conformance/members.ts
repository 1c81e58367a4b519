import assert from "node:assert/strict";
import { type Batch, PartitionLostError } from "../../../../../templates/runtime/src/broker/broker.ts";
import { assertOrder } from "../ledger.ts";
import { until } from "../until.ts";
import { type Setting, textOf, values } from "./setting.ts";

/** Members that come, go, are killed and paused. */
export function membersConform(at: Setting): void {
  const { open, numbered, collect, consumer, drained } = at;

  describe("rebalance", () => {
    it("shares a topic between members that come and go, without loss", async () => {
      const first = await collect();
      await at.broker.publish(numbered(100));
      const second = await collect({}, await open());
      await until(async () => {
        await at.broker.publish(numbered(10, 1_000));
        return second.records.length > 0;
      }, "the second member gets records");
      await first.subscription.close();
      const before = second.records.length;
      await at.broker.publish(numbered(100, 10));
      await drained();
      assert.ok(second.records.length >= before + 100);
      const all = [...values(first.records), ...values(second.records)];
      for (const value of [...numbered(100), ...numbered(100, 10)].map(textOf)) assert.ok(all.includes(value), value);
    });

    it("lets the running batch end before it gives a partition away", async () => {
      await at.broker.ensureTopics([{ name: `${at.topic}-2`, partitions: 2 }]);
      const publish = () => at.broker.publish(numbered(20).map((one) => ({ ...one, topic: `${at.topic}-2` })));
      await publish();
      const running = new Map<number, Batch>();
      const mayEnd = Promise.withResolvers<void>();
      await at.broker.subscribe({ group: at.group, topics: [`${at.topic}-2`], from: "earliest" }, async (batch) => {
        running.set(batch.partition, batch);
        await mayEnd.promise;
      });
      await until(() => running.size === 2, "both partitions are being handled");
      const second = await collect({ topics: [`${at.topic}-2`] }, await open());
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
      await at.broker.publish(numbered(100));
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
      await at.broker.publish(numbered(40));
      await killed.said("handling");
      killed.signal("SIGKILL");
      await killed.exited;
      const restarted = consumer({ instance: "one" });
      await until(() => restarted.values("committed").length >= 40, "the restarted member reads all");
      assertOrder(restarted.values("committed"), 4);
    });

    it("refuses the commit of a member that was paused and has lost its partition", async () => {
      await at.broker.publish(numbered(40));
      const paused = consumer({}, true);
      await paused.said("handling");
      paused.signal("SIGSTOP");
      const heir = await collect();
      await drained();
      assertOrder(values(heir.records), 4);
      const positions = await at.broker.positions(at.group);
      paused.signal("SIGCONT");
      paused.send("go");
      await paused.said("refused");
      await paused.said("aborted");
      assert.ok(paused.lines.some((line) => "error" in line && line.error === PartitionLostError.name));
      assert.deepEqual(await at.broker.positions(at.group), positions);
    });

    it("takes a member back that was paused", async () => {
      const paused = consumer();
      await paused.said("joined");
      paused.signal("SIGSTOP");
      const other = await collect();
      await at.broker.publish(numbered(40));
      await drained();
      paused.signal("SIGCONT");
      await until(async () => {
        await at.broker.publish(numbered(40, 100));
        return paused.values("committed").some((value) => Number(value.split("/")[1]) >= 100);
      }, "the member that was paused gets records again");
      await other.subscription.close();
    });
  });
}
