import assert from "node:assert/strict";
import fc from "fast-check";
import { type OutgoingRecord, RecordRefusedError } from "../../../../templates/runtime/src/broker/broker.ts";
import type { OutboxRow } from "../../../../templates/runtime/src/outbox/outbox.ts";
import { send } from "../../../../templates/runtime/src/outbox/send.ts";
import { memoryBroker, sentVersions } from "./memory-broker.ts";

const options = { timeoutMs: 1_000, mayGoOn: () => true };

/** Rows of keys `a` to `d`, each key's numbered from 1. */
function rowsOf(keys: readonly string[]): OutboxRow[] {
  const versions = new Map<string, number>();
  return keys.map((key, index) => {
    const version = (versions.get(key) ?? 0) + 1;
    versions.set(key, version);
    return {
      id: `${key}${version}`,
      aggregateType: "Order",
      key,
      type: "orders.OrderChanged",
      payload: JSON.stringify({ orderId: key, version }),
      topic: "orders",
      envelope: "{}",
      position: BigInt(index + 1),
      createdAt: new Date(0),
      shard: 0,
      token: 1n,
    };
  });
}

const keys = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 30 });

describe("sending a batch", () => {
  it("sends all rows at once, in order, while nothing is refused", async () => {
    const broker = memoryBroker();
    let calls = 0;
    broker.onPublish = () => void calls++;
    const rows = rowsOf(["a", "b", "a"]);
    assert.deepEqual(await send(broker, rows, options), { acknowledged: rows, refused: [] });
    assert.deepEqual([calls, sentVersions(broker.records)], [1, ["a1", "b1", "a2"]]);
  });

  it("parts refused rows from all others: of each key what comes before the first goes, and nothing after it", async () => {
    await fc.assert(
      fc.asyncProperty(keys, fc.array(fc.nat(29), { maxLength: 4 }), fc.nat(3), async (given, picks, durable) => {
        const rows = rowsOf(given);
        const poison = new Set(picks.map((pick) => rows[pick % rows.length]!.id));
        const broker = memoryBroker();
        broker.onPublish = (records: readonly OutgoingRecord[]) => {
          const bad = records.findIndex((record) => poison.has(record.headers.id!));
          if (bad < 0) return;
          // Some of a refused call may have become durable all the same.
          broker.records.push(...records.slice(0, Math.min(bad, durable)));
          throw new RecordRefusedError("orders", "poison");
        };
        const { acknowledged, refused, outage } = await send(broker, rows, options);
        assert.equal(outage, undefined);
        for (const [key, own] of Map.groupBy(rows, (row) => row.key)) {
          const first = own.findIndex((row) => poison.has(row.id));
          const goes = first < 0 ? own : own.slice(0, first);
          assert.deepEqual(
            acknowledged.filter((row) => row.key === key).map((row) => row.id),
            goes.map((row) => row.id),
          );
          assert.deepEqual(
            refused.filter(({ row }) => row.key === key).map(({ row }) => row.id),
            own
              .slice(first, first + 1)
              .map((row) => (first < 0 ? "" : row.id))
              .filter(Boolean),
          );
          const firsts = [...new Set(sentVersions(broker.records.filter((record) => record.key === key)))];
          assert.deepEqual(
            firsts,
            goes.map((row) => row.id),
          );
        }
      }),
    );
  });

  it("blames no row when the broker does not answer, before or in the middle", async () => {
    await fc.assert(
      fc.asyncProperty(keys, fc.nat(10), async (given, answers) => {
        const broker = memoryBroker();
        let calls = 0;
        broker.onPublish = (records) => {
          broker.away = calls++ >= answers;
          if (broker.away) throw new Error("away");
          if (records.some((record) => record.headers.id === "a1")) throw new RecordRefusedError("orders", "poison");
        };
        const { acknowledged, refused, outage } = await send(broker, rowsOf(given), options);
        if (outage !== undefined) assert.ok(broker.away);
        assert.ok(refused.every(({ row }) => row.id === "a1"));
        assert.ok(acknowledged.length <= broker.records.length);
      }),
    );
  });

  it("takes a broker that does not answer in time for one that refuses", async () => {
    const broker = memoryBroker();
    broker.onPublish = () => new Promise(() => undefined);
    broker.positions = () => new Promise(() => undefined);
    const { outage } = await send(broker, rowsOf(["a"]), { ...options, timeoutMs: 5 });
    assert.equal((outage as Error).message, "the broker has not answered within 5 ms");
  });

  it("stops before its next call once the shards are another relay's", async () => {
    const broker = memoryBroker();
    let mine = true;
    broker.onPublish = () => {
      // It would take the rest.
      if (!mine) return;
      mine = false;
      throw new Error("refused");
    };
    const { acknowledged, refused } = await send(broker, rowsOf(["a", "b"]), { ...options, mayGoOn: () => mine });
    assert.deepEqual([acknowledged, refused, broker.records], [[], [], []]);
  });
});
