import assert from "node:assert/strict";
import fs from "node:fs";
import fc from "fast-check";
import { describe, it } from "mocha";
import { openSession } from "../../../generators/_command/session.ts";
import { EdaError } from "../../../generators/_system/errors.ts";
import { inSandbox, outputInto, treeOf } from "../../support/sandbox.ts";
import { anyText, assertOneLine } from "./hostile-text.ts";

const manifest =
  "eda: 1\nname: shop\nservices:\n  orders: { context: ordering, port: 4001 }\ncontexts: { ordering: {} }\n";

/** What one run makes of answers, without writing it. */
async function edited(cwd: string, command: "service" | "outbox-migration", said: Record<string, string>) {
  const lines: string[] = [];
  const session = openSession({ cwd, output: outputInto(lines), defaults: true, force: false, dryRun: true });
  await session.add({ command, said });
  await session.commit();
  return lines.join("\n");
}

describe("A session", () => {
  it("refuses whatever cannot be said in plain words, in any flag, and writes nothing", () =>
    inSandbox(async ({ write, root }) => {
      write("eda.yaml", manifest);
      const before = treeOf(root);
      const flags = fc.constantFrom("name", "context", "aggregate", "key", "commands", "events", "persistence");
      await fc.assert(
        fc.asyncProperty(flags, anyText, async (flag, text) => {
          try {
            await edited(root, "service", { name: "rooms", commands: "BookRoom", [flag]: text });
          } catch (error) {
            if (!(error instanceof EdaError)) throw error;
            assertOneLine(error);
          }
        }),
        { numRuns: 150 },
      );
      assert.deepEqual(treeOf(root), before);
      assert.equal(fs.existsSync(`${root}/../hacked`), false);
    }));

  it("commits once, and a second time does nothing", () =>
    inSandbox(async ({ write, root }) => {
      write("eda.yaml", manifest);
      const lines: string[] = [];
      const session = openSession({
        cwd: root,
        output: outputInto(lines),
        defaults: true,
        force: false,
        dryRun: false,
      });
      await session.add({ command: "service", said: { name: "rooms" } });
      assert.ok(await session.commit());
      const before = treeOf(root);
      assert.equal(await session.commit(), undefined);
      assert.deepEqual(treeOf(root), before);
    }));

  it("makes its edits again on a manifest that another run has changed in between", () =>
    inSandbox(async ({ write, root, read }) => {
      write("eda.yaml", manifest);
      const door = { cwd: root, output: outputInto([]), defaults: true, force: false, dryRun: false };
      const sessions = [openSession(door), openSession(door)];
      await sessions[0]!.add({ command: "service", said: { name: "rooms" } });
      await sessions[1]!.add({ command: "service", said: { name: "keys" } });
      for (const session of sessions) await session.commit();
      assert.match(read("eda.yaml"), /^ {2}rooms:[\s\S]*port: 4002[\s\S]*^ {2}keys:[\s\S]*port: 4003/m);
    }));
});
