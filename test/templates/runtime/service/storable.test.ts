import assert from "node:assert/strict";
import { findUnstorable } from "../../../../templates/runtime/src/service/storable.ts";

describe("what can be kept as jsonb", () => {
  it("is nearly all of JSON", () => {
    assert.equal(findUnstorable({ a: [1, "é😀", null, true, { "": -0.5 }] }), undefined);
  });

  it("is not U+0000, nor half a surrogate pair", () => {
    assert.equal(findUnstorable({ a: ["x", "y\0"] })?.pointer, "#/a/1");
    assert.equal(findUnstorable({ a: "\ud83d" })?.pointer, "#/a");
    assert.equal(findUnstorable({ "k\0": 1 })?.pointer, "#");
  });

  it("is no number beyond a double", () => {
    assert.equal(findUnstorable(JSON.parse('{"n/m":1e400}'))?.pointer, "#/n~1m");
  });

  it("is not nested without end", () => {
    const deep = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    assert.match(findUnstorable(deep)?.detail ?? "", /nested deeper than 64/);
  });
});
