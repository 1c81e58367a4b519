import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { inSandbox, type Sandbox, treeOf } from "../../support/sandbox.ts";
import type { Wanted } from "./environment.mts";

const script = fileURLToPath(new URL("environment.mts", import.meta.url));

/** A repository that has a generator of another version, whose bin tells how it was called. */
async function withOwnGenerator({ shop, write }: Sandbox, exitCode: number): Promise<void> {
  await shop();
  const own = "shop/node_modules/generator-eda";
  write(`${own}/package.json`, '{ "name": "generator-eda", "version": "9.9.9", "type": "module" }');
  write(
    `${own}/dist/generators/_cli/bin.js`,
    `console.log(JSON.stringify(process.argv.slice(2)));\nprocess.exitCode = ${exitCode};\n`,
  );
}

describe("A generator of another version than the repository's own", () => {
  it("hands over from the eda bin: the same words, the same exit code", () =>
    inSandbox(async (sandbox) => {
      await withOwnGenerator(sandbox, 7);
      const before = treeOf(sandbox.root);
      const words = ["add", "service", "rooms", "--events", "RoomBooked", "--defaults"];
      const ran = await sandbox.eda(words, { cwd: "shop/docs" });
      assert.equal(ran.code, 7);
      assert.deepEqual(JSON.parse(ran.stdout), words);
      assert.match(ran.stderr, /has generator-eda 9\.9\.9; handing over to it/);
      assert.deepEqual(treeOf(sandbox.root), before);
    }));

  it("hands over from Yeoman: what was said, as words of the bin", () =>
    inSandbox(async (sandbox) => {
      await withOwnGenerator(sandbox, 0);
      const before = treeOf(sandbox.root);
      sandbox.write("answers.yaml", "context: hotel\n");
      const options = { defaults: true, skipInstall: true, events: ["A", "B"], answers: "../answers.yaml" };
      const wanted: Wanted = {
        run: [
          ["eda:outbox-migration", ["rooms"], {}],
          ["eda:service", ["rooms"], options],
        ],
      };
      const ran = await sandbox.run(process.execPath, [script, JSON.stringify(wanted)], { cwd: "shop" });
      assert.equal(ran.code, 0, ran.stderr);
      const calls = ran.stdout.split("\n").filter((line) => line.startsWith("["));
      assert.deepEqual(
        calls.map((line) => JSON.parse(line)),
        [
          ["add", "outbox", "--", "rooms"],
          ["add", "service", "--context=hotel", "--events=A,B", "--defaults", "--skip-install", "--", "rooms"],
        ],
      );
      assert.deepEqual(
        { ...treeOf(sandbox.root), "answers.yaml": undefined },
        { ...before, "answers.yaml": undefined },
      );
    }));

  it("tells Yeoman that the other one failed", () =>
    inSandbox(async (sandbox) => {
      await withOwnGenerator(sandbox, 1);
      const wanted: Wanted = { run: [["eda:service", ["rooms"], { defaults: true }]] };
      const ran = await sandbox.run(process.execPath, [script, JSON.stringify(wanted)], { cwd: "shop" });
      assert.equal(ran.code, 1);
      assert.match(ran.stderr, /generator-eda 9\.9\.9 of this repository has ended with 1/);
    }));

  it("stays with a repository whose own generator is of this version, or not installed", () =>
    inSandbox(async (sandbox) => {
      await withOwnGenerator(sandbox, 7);
      const { version } = JSON.parse((await import("node:fs")).readFileSync("package.json", "utf8"));
      sandbox.write("shop/node_modules/generator-eda/package.json", JSON.stringify({ version }));
      assert.equal((await sandbox.eda(["sync", "--check"], { cwd: "shop" })).code, 0);
    }));
});
