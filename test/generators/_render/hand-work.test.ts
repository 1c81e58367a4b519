import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { join } from "node:path";
import { contentHash } from "../../../generators/_render/provenance.ts";
import { inFolder, put, text, tree } from "./temporary.ts";
import { add, remove, runTiny, sync } from "./tiny-system.ts";

const inSystem = (use: (root: string) => Promise<void>): Promise<void> =>
  inFolder(async (root) => {
    await runTiny(root, add("alerts"));
    await use(root);
  });

describe("what a person did between two runs", () => {
  it("a hand-edited derived file is left alone, until it is forced, which is said", () =>
    inSystem(async (root) => {
      put(root, { "compose.yaml": "mine\n" });
      assert.deepEqual((await runTiny(root, add("billing"))).overwritten, []);
      assert.equal(text(root, "compose.yaml"), "mine\n");
      assert.equal(text(root, "services/billing/wiring.ts"), 'export const name = "billing";\n');
      const forced = await runTiny(root, sync, { force: true });
      assert.deepEqual(forced, { written: ["compose.yaml"], deleted: [], overwritten: ["compose.yaml"] });
      assert.equal(text(root, "compose.yaml"), "services:\nalerts\nbilling\n");
      assert.deepEqual((await runTiny(root, sync)).written, []);
    }));

  it("an edited runtime file is kept, by force too, unless it is named", () =>
    inSystem(async (root) => {
      const path = "packages/runtime/index.ts";
      put(root, { [path]: "mine\n" });
      const record = text(root, ".eda/files").replace(/runtime \w+/, `runtime ${contentHash("an older version\n")}`);
      put(root, { ".eda/files": record });
      assert.deepEqual((await runTiny(root, sync, { force: true })).written, []);
      assert.equal(text(root, path), "mine\n");
      assert.deepEqual((await runTiny(root, sync, { force: new Set([path]) })).overwritten, [path]);
      assert.equal(text(root, path), "export const version = 1;\n");
    }));

  it("a started file and a stub that were deleted stay deleted", () =>
    inSystem(async (root) => {
      for (const name of ["domain.ts", "handlers.ts"]) fs.rmSync(join(root, "services/alerts", name));
      await runTiny(root, add("billing"));
      await runTiny(root, sync);
      assert.deepEqual(fs.readdirSync(join(root, "services/alerts")), ["wiring.ts"]);
    }));

  it("an entry removed by hand takes its derived files along, not what is a person's", () =>
    inSystem(async (root) => {
      await runTiny(root, add("billing"));
      put(root, { "services/alerts/handlers.ts": "mine\n", "eda.yaml": "billing\n" });
      const { deleted } = await runTiny(root, sync);
      assert.deepEqual(deleted, ["services/alerts/wiring.ts"]);
      assert.deepEqual(fs.readdirSync(join(root, "services/alerts")), ["domain.ts", "handlers.ts"]);
      await runTiny(root, add("alerts"));
      assert.equal(text(root, "services/alerts/handlers.ts"), "mine\n");
    }));

  it("an entry that was removed with its files, and added again, starts them again", () =>
    inSystem(async (root) => {
      const before = tree(root);
      await runTiny(root, remove("alerts"));
      fs.rmSync(join(root, "services"), { recursive: true });
      await runTiny(root, sync);
      await runTiny(root, add("alerts"));
      assert.deepEqual(tree(root), before);
    }));

  it("a check-out with CRLF is no edit", () =>
    inSystem(async (root) => {
      const crlf = Object.entries(tree(root)).map(([path, lf]) => [path, lf.replaceAll("\n", "\r\n")]);
      put(root, Object.fromEntries(crlf.filter(([path]) => path !== "eda.yaml")));
      const { written } = await runTiny(root, add("billing"));
      assert.ok(written.includes("compose.yaml") && written.includes("package.json"));
      assert.equal(text(root, "package.json"), "# yours\r\nalerts\r\nbilling\r\n");
      assert.equal(text(root, "compose.yaml"), "services:\nalerts\nbilling\n");
    }));

  it("a record whose paths lead elsewhere deletes nothing there", () =>
    inFolder(async (folder) => {
      const root = join(folder, "repository");
      await runTiny(root, add("alerts"));
      put(folder, { "precious.txt": "precious" });
      const hash = contentHash("precious");
      const lines = ["../precious.txt", join(folder, "precious.txt"), "services/../../precious.txt"];
      const record = lines.map((path) => `derived ${hash} ${path}\n`).join("");
      put(root, { ".eda/files": text(root, ".eda/files") + record });
      await runTiny(root, sync);
      assert.equal(text(folder, "precious.txt"), "precious");
      assert.ok(!text(root, ".eda/files").includes("precious"));
    }));

  // Red where a link counts as the folder that it leads to.
  it("a folder that was replaced by a link out of the repository is neither written nor deleted through", () =>
    inFolder(async (folder) => {
      const root = join(folder, "repository");
      await runTiny(root, add("alerts"));
      fs.renameSync(join(root, "services/alerts"), join(folder, "elsewhere"));
      fs.symlinkSync("../../elsewhere", join(root, "services/alerts"));
      fs.rmSync(join(folder, "elsewhere/wiring.ts"));
      const elsewhere = tree(join(folder, "elsewhere"));
      const message = /^services\/alerts is a symbolic link that leads out of the repository/;
      await assert.rejects(runTiny(root, sync), { name: "EdaError", message });
      await runTiny(root, remove("alerts"));
      assert.deepEqual(tree(join(folder, "elsewhere")), elsewhere);
    }));
});

describe("two branches that each added a service", () => {
  const git = (root: string, ...args: string[]) => {
    const settings = ["user.name=t", "user.email=t@example.org", "core.autocrlf=false", "commit.gpgsign=false"];
    const flags = settings.flatMap((setting) => ["-c", setting]);
    return execFileSync("git", [...flags, ...args], { cwd: root, stdio: "pipe" });
  };
  const commit = (root: string) => {
    git(root, "add", "--all", ".");
    git(root, "commit", "--message", "commit");
  };

  it("are set right by the next run after the merge, conflict markers and all", () =>
    inFolder(async (root) => {
      put(root, { ".gitattributes": ".eda/files merge=union\neda.yaml merge=union\npackage.json merge=union\n" });
      put(root, { ".gitignore": ".eda/lock\n.eda/tmp/\n" });
      git(root, "init", "--initial-branch", "main");
      await runTiny(root, add("alerts"));
      commit(root);
      git(root, "checkout", "-b", "other");
      await runTiny(root, add("billing"));
      commit(root);
      git(root, "checkout", "main");
      await runTiny(root, add("carts"));
      commit(root);
      assert.throws(() => git(root, "merge", "other"));
      assert.match(text(root, "compose.yaml"), /^<<<<<<< /m);

      await runTiny(root, sync);
      assert.equal(text(root, "compose.yaml"), "services:\nalerts\ncarts\nbilling\n");
      assert.equal(text(root, "services/alerts/handlers.ts"), "// handle 3\n");
      assert.equal(text(root, ".eda/files").match(/compose.yaml/g)?.length, 1);
      assert.deepEqual((await runTiny(root, sync)).written, []);
    }));
});
