import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { withLock } from "../../../generators/_render/lock.ts";
import { ended, said, start } from "./processes.ts";
import { inFolder, put, tree } from "./temporary.ts";

const noWait = { patience: 0, onWait: () => assert.fail("had to wait") };

describe("the lock", () => {
  it("is free again at once when its holder is killed", () =>
    inFolder(async (root) => {
      const holder = start("hold-lock.mts", [root]);
      try {
        assert.equal(await said(holder), "held");
        const waits: string[] = [];
        const refused = withLock(root, () => assert.fail("ran"), { patience: 50, onWait: () => waits.push("waiting") });
        await assert.rejects(refused, { name: "EdaError", message: /another run has held .eda\/lock/ });
        assert.deepEqual(waits, ["waiting"]);
      } finally {
        holder.kill("SIGKILL");
      }
      await ended(holder);
      assert.equal(await withLock(root, () => "mine", noWait), "mine");
    }));

  it("admits one at a time within a process too", () =>
    inFolder(async (root) => {
      const events: string[] = [];
      const run = (name: string) =>
        withLock(root, async () => {
          events.push(`${name} in`);
          await new Promise(setImmediate);
          events.push(`${name} out`);
        });
      await Promise.all([run("a"), run("b"), run("c")]);
      const names = events.map((event) => event.split(" ")[0]);
      for (let index = 0; index < 6; index += 2) assert.equal(names[index], names[index + 1]);
    }));

  it("stays a file of no bytes, with nothing beside it", () =>
    inFolder(async (root) => {
      await withLock(root, () => assert.deepEqual(fs.readdirSync(join(root, ".eda")), ["lock"]));
      assert.equal(fs.statSync(join(root, ".eda/lock")).size, 0);
    }));

  // Red where withLock does not remove what it made.
  it("leaves nothing of a run that refuses, not even the root that was not there", () =>
    inFolder(async (folder) => {
      const refuse = () => {
        throw new Error("refused");
      };
      await assert.rejects(withLock(join(folder, "shop/deep"), refuse), /refused/);
      assert.deepEqual(fs.readdirSync(folder), []);
    }));

  it("leaves what was there, and what came, of a run that refuses", () =>
    inFolder(async (root) => {
      put(root, { ".eda/files": "", "a.txt": "a" });
      const refuse = () => {
        put(root, { "b/c.txt": "c" });
        throw new Error("refused");
      };
      await assert.rejects(withLock(root, refuse), /refused/);
      assert.deepEqual(tree(root), { ".eda/files": "", "a.txt": "a", "b/c.txt": "c" });
      assert.deepEqual(fs.readdirSync(join(root, ".eda")), ["files"]);
    }));

  it("is the next one's after a run that refused and removed its file", () =>
    inFolder(async (root) => {
      let refuse = (_error: Error) => {};
      const first = withLock(root, () => new Promise((_resolve, reject) => (refuse = reject)));
      const second = withLock(root, () => fs.existsSync(join(root, ".eda/lock")));
      await new Promise(setImmediate);
      refuse(new Error("refused"));
      await assert.rejects(first, /refused/);
      assert.equal(await second, true);
    }));

  // Red without the comparison of the file's inodes.
  it("does not count on a file that was removed between opening and locking it", () =>
    inFolder(async (root) => {
      const { prototype } = process.getBuiltinModule("node:sqlite").DatabaseSync;
      const { exec } = prototype;
      prototype.exec = function (sql) {
        prototype.exec = exec;
        fs.unlinkSync(join(root, ".eda/lock"));
        exec.call(this, sql);
      };
      await withLock(root, async () => {
        const other = start("run-tiny.mts", [root, "add", "alerts"]);
        const ends = ended(other);
        assert.equal(await Promise.race([said(other), ends]), "waiting");
        other.kill("SIGKILL");
        await ends;
      });
    }));

  it("says in a plain line that it cannot be taken", async () => {
    await inFolder(async (root) => {
      put(root, { file: "" });
      const message = /^cannot write .eda\/?(lock)?: something that is not a folder lies on the way to it \(ENOTDIR\)$/;
      await assert.rejects(
        withLock(join(root, "file"), () => {}),
        { name: "EdaError", message },
      );
      put(root, { ".eda/lock": "somebody's text, which is longer than nothing".repeat(100) });
      await assert.rejects(
        withLock(root, () => {}),
        { name: "EdaError", message: /^cannot lock .eda\/lock: / },
      );
    });
  });

  it("is not taken through a symbolic link", () =>
    inFolder(async (root) => {
      put(root, { "elsewhere/file": "" });
      fs.mkdirSync(join(root, "repository"));
      fs.symlinkSync("../elsewhere", join(root, "repository/.eda"));
      await assert.rejects(
        withLock(join(root, "repository"), () => {}),
        { message: ".eda is a symbolic link" },
      );
      assert.deepEqual(tree(join(root, "elsewhere")), { file: "" });
    }));

  // Red on Node 22 without the filter in `sqlite`.
  it("is taken without a warning on stderr", () =>
    inFolder(async (root) => {
      const child = start("run-tiny.mts", [root, "add", "alerts"]);
      let errors = "";
      child.stderr!.on("data", (chunk) => (errors += chunk));
      assert.equal(await ended(child), 0);
      assert.equal(errors, "");
    }));
});
