import assert from "node:assert/strict";
import { sharing } from "../../../templates/runtime/src/sharing.ts";

describe("sharing", () => {
  /** Rounds that end when the test says so. */
  function rounds() {
    const made: { readonly calls: readonly number[]; readonly end: PromiseWithResolvers<readonly string[]> }[] = [];
    const begun: PromiseWithResolvers<void>[] = [];
    const nth = (at: number) => (begun[at] ??= Promise.withResolvers<void>());
    return {
      work(calls: readonly number[]) {
        const end = Promise.withResolvers<readonly string[]>();
        made.push({ calls, end });
        nth(made.length - 1).resolve();
        return end.promise;
      },
      async begun(at: number) {
        await nth(at).promise;
        return made[at]!.calls;
      },
      answer: (at: number) => made[at]!.end.resolve(made[at]!.calls.map((call) => `answer ${call}`)),
      fail: (at: number) => made[at]!.end.reject(new Error(`round ${at}`)),
      count: () => made.length,
    };
  }

  it("makes calls of one moment together, and those that come meanwhile in the next round", async () => {
    const { work, begun, answer, count } = rounds();
    const call = sharing(work);
    const first = [call(1), call(2)];
    assert.deepEqual(await begun(0), [1, 2]);
    const second = [call(3), call(4)];
    await new Promise(setImmediate);
    assert.equal(count(), 1);
    answer(0);
    assert.deepEqual(await Promise.all(first), ["answer 1", "answer 2"]);
    assert.deepEqual(await begun(1), [3, 4]);
    answer(1);
    assert.deepEqual(await Promise.all(second), ["answer 3", "answer 4"]);
    const third = call(5);
    assert.deepEqual(await begun(2), [5]);
    answer(2);
    assert.equal(await third, "answer 5");
  });

  it("fails the calls of a round, and goes on", async () => {
    const { work, begun, answer, fail } = rounds();
    const call = sharing(work);
    const first = Promise.allSettled([call(1), call(2)]);
    await begun(0);
    const second = call(3);
    fail(0);
    assert.deepEqual(
      (await first).map(({ status }) => status),
      ["rejected", "rejected"],
    );
    await begun(1);
    answer(1);
    assert.equal(await second, "answer 3");
  });

  it("leaves to a later round what may not join", async () => {
    const { work, begun, answer } = rounds();
    const call = sharing(work, { joins: (calls) => calls.length < 2 });
    const all = [call(1), call(2), call(3)];
    assert.deepEqual(await begun(0), [1, 2]);
    answer(0);
    assert.deepEqual(await begun(1), [3]);
    answer(1);
    assert.equal((await Promise.all(all)).length, 3);
  });

  it("waits for a slow round no longer than it is told to", async () => {
    const { work, begun, answer } = rounds();
    const call = sharing(work, { besideMs: 1 });
    const slow = call(1);
    await begun(0);
    const other = call(2);
    assert.deepEqual(await begun(1), [2]);
    answer(1);
    assert.equal(await other, "answer 2");
    answer(0);
    assert.equal(await slow, "answer 1");
  });
});
