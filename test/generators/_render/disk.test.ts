import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { openDisk } from "../../../generators/_render/disk.ts";
import { inFolder, put } from "./temporary.ts";

describe("the view of a disk", () => {
  it("tells files, folders and nothing apart", () =>
    inFolder((root) => {
      put(root, { "a/b.txt": "b" });
      const disk = openDisk(root);
      assert.deepEqual(disk.look("a"), { is: "folder" });
      assert.deepEqual(disk.look("a/b.txt"), { is: "file" });
      assert.deepEqual(disk.look("a/c/d"), { is: "nothing" });
      assert.deepEqual(disk.look("a/b.txt/c/d"), { is: "blocked", at: "a/b.txt" });
      assert.equal(disk.read("a/b.txt"), "b");
      assert.deepEqual(openDisk(join(root, "nowhere")).look("a"), { is: "nothing" });
    }));

  it("follows symbolic links within the root, and names those that lead out, nowhere or in a circle", () =>
    inFolder((folder) => {
      put(folder, { "root/a/b.txt": "", "root-too/b.txt": "" });
      const root = join(folder, "root");
      const links = { in: "a", out: "../root-too", none: "missing", circle: "circle", file: "a/b.txt", etc: "/etc" };
      for (const [name, target] of Object.entries(links)) fs.symlinkSync(target, join(root, name));
      const disk = openDisk(root);
      assert.deepEqual(disk.look("in/b.txt"), { is: "file" });
      assert.deepEqual(disk.look("file"), { is: "file" });
      assert.deepEqual(disk.look("file/c"), { is: "blocked", at: "file" });
      for (const name of ["out", "none", "circle", "etc"]) {
        assert.deepEqual(disk.look(name), { is: "outside", at: name });
        assert.deepEqual(disk.look(`${name}/b.txt`), { is: "outside", at: name });
      }
    }));

  it("takes a root that is itself reached through a link", () =>
    inFolder((folder) => {
      put(folder, { "root/a/b.txt": "" });
      fs.symlinkSync("root", join(folder, "link"));
      fs.symlinkSync("a", join(folder, "root/in"));
      assert.deepEqual(openDisk(join(folder, "link")).look("in/b.txt"), { is: "file" });
    }));
});
