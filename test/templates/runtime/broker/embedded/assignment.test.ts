import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type AssignableMember,
  type AssignablePartition,
  assign,
} from "../../../../../templates/runtime/src/broker/embedded/assignment.ts";

const TOPICS = ["a", "b", "c"];
const ids = ["m0", "m1", "m2", "m3", "m4"];

const members = (topics: fc.Arbitrary<string[]>): fc.Arbitrary<AssignableMember[]> =>
  fc
    .subarray(ids)
    .chain((chosen) => fc.tuple(...chosen.map((id) => topics.map((some) => ({ id, topics: some })))))
    .map((list) => [...list]);
const alike = members(fc.constant(TOPICS));
const different = members(fc.subarray(TOPICS));
const partitions: fc.Arbitrary<AssignablePartition[]> = fc
  .array(fc.tuple(fc.constantFrom(...TOPICS), fc.constantFrom(...ids, "gone", null)), { maxLength: 20 })
  .map((list) => list.map(([topic, assigned], id) => ({ id, topic, assigned })));

function sizes(list: readonly AssignableMember[], shares: ReadonlyMap<number, string | null>): number[] {
  return list.map(({ id }) => [...shares.values()].filter((assigned) => assigned === id).length);
}

describe("assign", () => {
  it("gives each partition to a member that reads its topic, if there is one", () => {
    fc.assert(
      fc.property(different, partitions, (list, parts) => {
        const shares = assign(list, parts);
        assert.equal(shares.size, parts.length);
        for (const { id, topic } of parts) {
          const readers = list.filter(({ topics }) => topics.includes(topic)).map((member) => member.id);
          const assigned = shares.get(id) ?? null;
          assert.ok(readers.length === 0 ? assigned === null : readers.includes(assigned ?? ""));
        }
      }),
    );
  });

  it("lets shares differ by one at most between members that read the same", () => {
    fc.assert(
      fc.property(alike, partitions, (list, parts) => {
        const counts = sizes(list, assign(list, parts));
        assert.ok(counts.length === 0 || Math.max(...counts) - Math.min(...counts) <= 1);
      }),
    );
  });

  it("moves no more partitions than that takes", () => {
    fc.assert(
      fc.property(alike, partitions, (list, parts) => {
        const shares = assign(list, parts);
        const before = list.map(({ id }) => parts.filter(({ assigned }) => assigned === id).length);
        const kept = parts.filter(({ id, assigned }) => assigned !== null && shares.get(id) === assigned).length;
        assert.equal(kept, mostThatCanStay(before, parts.length));
      }),
    );
  });

  it("changes nothing when it is asked again", () => {
    fc.assert(
      fc.property(different, partitions, (list, parts) => {
        const first = assign(list, parts);
        const again = assign(
          list,
          parts.map((partition) => ({ ...partition, assigned: first.get(partition.id) ?? null })),
        );
        assert.deepEqual(again, first);
      }),
    );
  });

  it("spreads each topic when a member joins", () => {
    const parts = ["a", "b"].flatMap((topic, n) =>
      [0, 1, 2, 3].map((number) => ({ id: n * 4 + number, topic, assigned: "m0" })),
    );
    const shares = assign(
      ["m0", "m1"].map((id) => ({ id, topics: ["a", "b"] })),
      parts,
    );
    const moved = parts.filter(({ id }) => shares.get(id) === "m1").map(({ topic }) => topic);
    assert.deepEqual(moved.toSorted(), ["a", "a", "b", "b"]);
  });
});

/** Shares of `total` that differ by one at most; the larger ones go to those that have most. */
function mostThatCanStay(before: readonly number[], total: number): number {
  if (before.length === 0) return 0;
  const floor = Math.floor(total / before.length);
  const larger = total % before.length;
  return before
    .toSorted((a, b) => b - a)
    .reduce((sum, count, place) => sum + Math.min(count, place < larger ? floor + 1 : floor), 0);
}
