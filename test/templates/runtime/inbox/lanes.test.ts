import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { readItem } from "../../../../templates/runtime/src/inbox/item.ts";
import { createLanes, createSlots } from "../../../../templates/runtime/src/inbox/lanes.ts";
import { delivered } from "./delivery.ts";

const item = (key: string, offset: bigint) => readItem(delivered(key, Number(offset), { offset }));

describe("slots", () => {
  it("let so many run at a time, and the next as soon as one is free, also after a failure", async () => {
    const slots = createSlots(2);
    const started: string[] = [];
    const job = (name: string) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const done = slots(() => {
        started.push(name);
        return promise;
      });
      return { done, resolve, reject };
    };
    const [a, b, c, d] = [job("a"), job("b"), job("c"), job("d")];
    assert.deepEqual(started, ["a", "b"]);
    b.reject(new Error("no"));
    await assert.rejects(b.done);
    await setImmediate();
    assert.deepEqual(started, ["a", "b", "c"]);
    a.resolve();
    c.resolve();
    await setImmediate();
    d.resolve();
    await Promise.all([a.done, c.done, d.done]);
    assert.deepEqual(started, ["a", "b", "c", "d"]);
  });
});

describe("lanes", () => {
  it("know the first of their records, and let a rejection end only once all are quiet", async () => {
    const lanes = createLanes();
    assert.equal(lanes.floor, undefined);
    for (const [key, offset] of [
      ["a", 7n],
      ["b", 5n],
      ["a", 8n],
    ] as const)
      lanes.add(item(key, offset));
    assert.equal(lanes.floor, 5n);
    const handled: bigint[] = [];
    const slow = Promise.withResolvers<void>();
    let over = false;
    const running = lanes
      .run(async ({ item: { key, record } }) => {
        if (key === "b") throw new Error("away");
        await slow.promise;
        handled.push(record.offset);
      })
      .finally(() => {
        over = true;
      });
    await setImmediate();
    assert.equal(over, false);
    slow.resolve();
    await assert.rejects(running, /away/);
    // The lane of a had one under way; its next one is not begun.
    assert.deepEqual(handled, [7n]);
  });
});
