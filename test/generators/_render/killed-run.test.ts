import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { ended, start } from "./processes.ts";
import { inFolder, tree } from "./temporary.ts";
import { add, remove, runTiny, sync } from "./tiny-system.ts";

type Edit = (manifest: string) => string;

const first = [add("alerts"), add("billing")];
const killed: Edit = (manifest) => remove("billing")(add("carts")(manifest));

async function run(root: string, ...edits: Edit[]): Promise<void> {
  for (const edit of edits) await runTiny(root, edit);
}

/** Runs, and lets the second one be killed just before its n-th write. Tells how it ended, and what was left. */
function runKilledAt(write: number, use: (root: string) => Promise<void>): Promise<number | string> {
  return inFolder(async (root) => {
    await run(root, ...first);
    const args = [root, "add", "carts", "remove", "billing"];
    const outcome = await ended(start("run-tiny.mts", args, { EDA_TEST_STOP_AT_WRITE: String(write) }));
    await use(root);
    return outcome;
  });
}

function undisturbed(...edits: Edit[]): Promise<Readonly<Record<string, string>>> {
  return inFolder(async (root) => {
    await run(root, ...first, ...edits);
    return tree(root);
  });
}

describe("a run that is killed just before any of its writes", () => {
  // Red where the record is written before the files, or the manifest after them; where `before` explains nothing; and
  // where what is left in .eda/tmp is not removed.
  it("is finished by the next one, be it a sync or another edit", async function () {
    this.timeout(120_000); // Ten processes, one after the other.
    const synced = await undisturbed(killed);
    const edited = await undisturbed(killed, add("depots"));
    let write = 0;
    for (let outcome: unknown = "SIGKILL"; outcome === "SIGKILL"; ) {
      write += 1;
      outcome = await runKilledAt(write, async (root) => {
        // Before the first write, the manifest, nothing has happened: that run has to be repeated.
        const next = write === 1 ? killed : sync;
        await inFolder(async (copy) => {
          fs.cpSync(root, copy, { recursive: true });
          await run(copy, next);
          assert.deepEqual(tree(copy), synced, `killed at write ${write}, then synced`);
        });
        if (write === 1) await run(root, killed);
        await run(root, add("depots"));
        assert.deepEqual(tree(root), edited, `killed at write ${write}, then edited`);
        assert.ok(!fs.existsSync(join(root, ".eda/tmp")));
      });
      assert.ok(outcome === "SIGKILL" || outcome === 0);
    }
    // The manifest, compose.yaml, package.json, three files of carts, two deletions, the record; then an undisturbed run.
    assert.equal(write, 9 + 1);
  });
});
