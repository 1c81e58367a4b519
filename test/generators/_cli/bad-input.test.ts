import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { inSandbox, treeOf, uninstalled } from "../../support/sandbox.ts";
import { hostileTexts } from "../_command/hostile-text.ts";
import { assertPlainError } from "./plain-error.ts";

/** Those that a process can be given as an argument, and that are no flags to commander. */
const typeable = hostileTexts.filter((text) => !text.includes("\u0000") && !text.startsWith("-") && text !== "");
const sample = typeable.filter((_, index) => index % 4 === 0);

describe("Hostile words on the command line", () => {
  for (const text of sample) {
    it(`are refused in one or two lines, with nothing written: ${JSON.stringify(text.slice(0, 30))}`, () =>
      inSandbox(async ({ eda, shop, root }) => {
        assertPlainError(await eda(["new", text, "--defaults", ...uninstalled]), 1, /cannot be a system/);
        assert.deepEqual(fs.readdirSync(root), []);
        await shop();
        const before = treeOf(root);
        const flags = ["--events", `Happened,${text}`, "--defaults"];
        assertPlainError(await eda(["add", "service", "x", ...flags], { cwd: "shop" }), 1, /cannot be an event/);
        assert.deepEqual(treeOf(root), before);
      })).timeout(60_000);
  }

  it("reach no path outside the repository through the names of files", () =>
    inSandbox(async ({ eda, shop, write, read, root }) => {
      await shop();
      const sneaky = "decision: ../../outside.md";
      write("shop/eda.yaml", read("shop/eda.yaml").replace(/decision: \S+/, sneaky));
      assert.ok(read("shop/eda.yaml").includes(sneaky));
      const before = treeOf(root);
      assertPlainError(await eda(["sync"], { cwd: "shop" }), 1, /eda\.yaml:\d+:\d+: error/);
      assert.deepEqual(treeOf(root), before);
    }));
});
