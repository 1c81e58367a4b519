import assert from "node:assert/strict";
import { entryDiff } from "../../../generators/_render/diff.ts";
import type { PlanEntry } from "../../../generators/_render/plan.ts";
import { planSummary, staleFiles } from "../../../generators/_render/summary.ts";

const entries: readonly PlanEntry[] = [
  { action: "create", kind: "derived", path: "a", content: "1\n" },
  { action: "change", kind: "shared", path: "b", current: "1\n2\n", content: "1\n3\n" },
  { action: "kept", kind: "started", path: "c" },
  { action: "kept", kind: "runtime", path: "d", current: "1\r\n", content: "2\n" },
  { action: "delete", kind: "derived", path: "e", current: "1\n" },
  { action: "orphan", kind: "started", path: "f" },
  { action: "unchanged", kind: "derived", path: "g" },
];

describe("what a plan says", () => {
  it("is a line a file, and the counts", () => {
    const lines = ["create    a", "change    b", "kept      d", "delete    e", "orphan    f"];
    const counts = "1 create, 1 change, 1 delete, 1 kept, 1 orphan, 2 unchanged";
    assert.deepEqual(planSummary({ entries, record: new Map() }), [...lines, counts]);
  });

  it("is nothing where nothing is to be done", () => {
    assert.deepEqual(planSummary({ entries: entries.slice(-1), record: new Map() }), []);
  });

  it("is what is stale, where a person's own work is not", () => {
    const text = { path: "x", current: "1", content: "2" };
    const more: readonly PlanEntry[] = [
      { action: "conflict", kind: "derived", ...text, path: "conflict" },
      { action: "edited", kind: "derived", ...text, path: "edited" },
    ];
    const plan = { entries: [...entries, ...more], record: new Map() };
    assert.deepEqual(staleFiles(plan), ["a", "b", "e", "conflict", "edited"]);
  });

  it("is a unified diff of what an entry changes or would change", async () => {
    const diffs = await Promise.all(entries.map(entryDiff));
    assert.deepEqual(diffs, [
      "--- /dev/null\n+++ b/a\n@@ -0,0 +1,1 @@\n+1\n",
      "--- a/b\n+++ b/b\n@@ -1,2 +1,2 @@\n 1\n-2\n+3\n",
      "",
      "--- a/d\n+++ b/d\n@@ -1,1 +1,1 @@\n-1\n+2\n",
      "--- a/e\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-1\n",
      "",
      "",
    ]);
  });
});
