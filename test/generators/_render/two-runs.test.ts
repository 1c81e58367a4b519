import assert from "node:assert/strict";
import { ended, said, start } from "./processes.ts";
import { inFolder, text, tree } from "./temporary.ts";
import { add, runTiny, sync } from "./tiny-system.ts";

describe("two runs at once", () => {
  // Red where the manifest is written without comparing what is there with what was edited.
  it("both have their way: the second waits, and edits what the first one wrote", () =>
    inFolder(async (root) => {
      await runTiny(root, add("alerts"));
      await runTiny(root, add("billing"), { interview: () => runTiny(root, add("carts")).then(() => {}) });
      assert.equal(text(root, "eda.yaml"), "alerts\ncarts\nbilling\n");
      assert.equal(text(root, "compose.yaml"), "services:\nalerts\ncarts\nbilling\n");
    }));

  it("do so from two processes", () =>
    inFolder(async (root) => {
      const children = ["alerts", "billing", "carts"].map((name) => start("run-tiny.mts", [root, "add", name]));
      assert.deepEqual(await Promise.all(children.map(ended)), [0, 0, 0]);
      assert.deepEqual(text(root, "eda.yaml").split("\n").sort(), ["", "alerts", "billing", "carts"]);
      const before = tree(root);
      await runTiny(root, sync);
      assert.deepEqual(tree(root), before);
    }));

  it("do so also where the first one holds the lock while the second one comes", () =>
    inFolder(async (root) => {
      const { withLock } = await import("../../../generators/_render/lock.ts");
      const child = await withLock(root, async () => {
        const child = start("run-tiny.mts", [root, "add", "alerts"]);
        assert.equal(await said(child), "waiting");
        assert.deepEqual(tree(root), {});
        return child;
      });
      assert.equal(await ended(child), 0);
      assert.equal(text(root, "eda.yaml"), "alerts\n");
    }));
});
