import { deepEqual } from "node:assert/strict";
import { describe, it } from "mocha";
import { exampleDiff } from "../../../generators/_rules/example-diff.ts";

const lines = Array.from({ length: 30 }, (_, at) => `k${at}:\n  a: ${at}\n  b:\n    c: x\n`).join("");

function shown(...[example]: Parameters<typeof exampleDiff>): readonly string[] {
  return exampleDiff(example).split("\n");
}

describe("an example and its repair", () => {
  it("show a short manifest whole, with the lines that go and come", () =>
    deepEqual(shown({ fails: { manifest: "a: 1\nb: 2\nc: 3\n" }, repair: { manifest: "a: 1\nb: 5\nc: 3\n" } }), [
      "  a: 1",
      "- b: 2",
      "+ b: 5",
      "  c: 3",
    ]));

  it("show of a long one what is around and above each change, and what the point is made with", () => {
    const [fails, repair] = [{ manifest: lines }, { manifest: lines.replace("a: 9\n", "a: 0\n") }];
    deepEqual(shown({ fails, repair, points: ["a: 20"] }), [
      "      …",
      "      c: x",
      "  k9:",
      "-   a: 9",
      "+   a: 0",
      "    b:",
      "      c: x",
      "  …",
      "  k20:",
      "    a: 20",
      "  …",
    ]);
  });

  it("name the files where there are several, and leave out those that are beside the point", () => {
    const files = { "sagas/a.saga.yaml": "saga: a\n" };
    deepEqual(shown({ fails: { manifest: lines, files }, repair: { manifest: lines, files: {} } }), [
      "  # sagas/a.saga.yaml",
      "- saga: a",
    ]);
    deepEqual(shown({ fails: { manifest: "a: 1\n", edited: ["x.json"] }, repair: { manifest: "a: 1\n" } }), [
      "  # eda.yaml",
      "  a: 1",
      "",
      "  # x.json",
      "- a derived file, changed by hand",
    ]);
  });
});
