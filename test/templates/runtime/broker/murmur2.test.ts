import assert from "node:assert/strict";
import { murmur2, partitionFor } from "../../../../templates/runtime/src/broker/murmur2.ts";
import vectors from "./murmur2-vectors.json" with { type: "json" };

describe("murmur2", () => {
  it("gives the hash and the partitions of Kafka's Java client", () => {
    const ours = vectors.map(([key]) => {
      const text = String(key);
      return [text, murmur2(new TextEncoder().encode(text)), partitionFor(text, 7), partitionFor(text, 12)];
    });
    assert.deepEqual(ours, vectors);
  });
});
