import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { openDisk } from "../../../generators/_render/disk.ts";
import type { RenderedFile } from "../../../generators/_render/file.ts";
import { type Plan, planFiles } from "../../../generators/_render/plan.ts";
import {
  type Applied,
  type ApplyOptions,
  applyPlan,
  ManifestChanged,
  readRecord,
} from "../../../generators/_render/write.ts";
import { whileFailing } from "./failing-disk.ts";
import { inFolder, put, text, tree } from "./temporary.ts";
import { add, remove, runTiny, sync } from "./tiny-system.ts";

const derived = (path: string, content: string): RenderedFile => ({ kind: "derived", path, content });

function plan(root: string, rendered: readonly RenderedFile[]): Plan {
  return planFiles({ rendered, record: readRecord(root), disk: openDisk(root) });
}
function apply(root: string, rendered: readonly RenderedFile[], options: Omit<ApplyOptions, "plan"> = {}): Applied {
  return applyPlan(root, { plan: plan(root, rendered), ...options });
}

describe("carrying a plan out", () => {
  it("changes nothing the second time, whatever the files", () => {
    const kind = fc.constantFrom("derived" as const, "runtime" as const, "started" as const, "stub" as const);
    const name = fc.constantFrom("a", "b", "c d", "é", "index.ts");
    const path = fc
      .tuple(fc.constantFrom("", "x/", "x/y/", "services/z/"), name)
      .map((parts) => `${parts.join("")}.txt`);
    const content = fc.string({ unit: fc.constantFrom("a", "\n", "\r\n", "\r", "é", "<<<<<<< ") });
    const system = fc.uniqueArray(fc.record({ kind, path, content }), { selector: (file) => file.path, maxLength: 8 });
    return fc.assert(
      fc.asyncProperty(fc.array(system, { minLength: 1, maxLength: 3 }), (systems) =>
        inFolder((root) => {
          for (const rendered of systems) {
            apply(root, rendered);
            const once = tree(root);
            assert.deepEqual(apply(root, rendered), { written: [], deleted: [], overwritten: [] });
            assert.deepEqual(tree(root), once);
            const kinds = new Map(systems.flat().map((file) => [file.path, new Set<string>()]));
            for (const file of systems.flat()) kinds.get(file.path)!.add(file.kind);
            for (const file of rendered) {
              const isAlwaysDerived = [...kinds.get(file.path)!].join() === "derived";
              if (isAlwaysDerived)
                assert.equal(text(root, file.path).replaceAll("\r\n", "\n"), file.content.replaceAll("\r\n", "\n"));
            }
          }
        }),
      ),
      { numRuns: 30 },
    );
  });

  it("touches nothing where there is nothing to do", () =>
    inFolder((root) => {
      apply(root, []);
      assert.deepEqual(fs.readdirSync(root), []);
    }));

  it("reports every step", () =>
    inFolder((root) => {
      const steps: string[] = [];
      const manifest = { path: "eda.yaml", text: "x\n", expected: undefined };
      const onProgress = (done: number, total: number) => steps.push(`${done}/${total}`);
      apply(root, [derived("a", "a")], { manifest, onProgress });
      assert.deepEqual(steps, ["1/3", "2/3", "3/3"]);
    }));

  it("keeps the mode of a file, and follows a symbolic link within the repository", () =>
    inFolder((root) => {
      apply(root, [derived("run.sh", "1\n"), derived("linked", "1\n")]);
      fs.chmodSync(join(root, "run.sh"), 0o755);
      fs.renameSync(join(root, "linked"), join(root, "target"));
      fs.symlinkSync("target", join(root, "linked"));
      apply(root, [derived("run.sh", "2\n"), derived("linked", "2\n")]);
      assert.equal(fs.statSync(join(root, "run.sh")).mode & 0o777, 0o755);
      assert.ok(fs.lstatSync(join(root, "linked")).isSymbolicLink());
      assert.equal(text(root, "target"), "2\n");
    }));

  it("removes the folders that a deletion leaves empty, and no others", () =>
    inFolder((root) => {
      apply(root, [derived("a/b/c/1", ""), derived("a/2", "")]);
      put(root, { "a/mine": "" });
      apply(root, []);
      assert.deepEqual(tree(root), { ".eda/files": "", "a/mine": "" });
      assert.deepEqual(fs.readdirSync(join(root, "a")), ["mine"]);
    }));

  // Red where the manifest is written without comparing.
  it("is refused where the manifest is not the one that was edited", () =>
    inFolder((root) => {
      put(root, { "eda.yaml": "theirs\n" });
      for (const expected of [undefined, "mine\n"]) {
        const manifest = { path: "eda.yaml", text: "mine too\n", expected };
        assert.throws(() => apply(root, [derived("a", "a")], { manifest }), ManifestChanged);
      }
      assert.deepEqual(tree(root), { "eda.yaml": "theirs\n" });
    }));

  // Red without `refuseChanged`.
  for (const path of ["changed", "created", "deleted"]) {
    it(`does not overwrite what was saved after the plan was made: a file to be ${path}`, () =>
      inFolder((root) => {
        apply(root, [derived("changed", "1\n"), derived("deleted", "1\n")]);
        const outdated = plan(root, [derived("changed", "2\n"), derived("created", "2\n")]);
        put(root, { [path]: "mine\n" });
        const message = `${path} was changed while this was running`;
        assert.throws(() => applyPlan(root, { plan: outdated }), { name: "EdaError", message });
        assert.equal(text(root, path), "mine\n");
      }));
  }

  it("takes what another run of the same plan has done meanwhile for done", () =>
    inFolder((root) => {
      apply(root, [derived("changed", "1\n"), derived("deleted", "1\n")]);
      const same = plan(root, [derived("changed", "2\n"), derived("created", "2\n")]);
      applyPlan(root, { plan: same });
      const once = tree(root);
      applyPlan(root, { plan: same });
      assert.deepEqual(tree(root), once);
    }));
});

describe("a disk that refuses", () => {
  const failures = [
    ["writeFileSync", "ENOSPC", "there is no space left on the disk"],
    ["renameSync", "EACCES", "permission is denied"],
    ["renameSync", "EROFS", "the file system is read-only"],
  ] as const;
  for (const [name, code, reason] of failures) {
    it(`(${code}) gives one plain line wherever it comes, and the next run finishes what is missing`, async () => {
      const expected = await inFolder(async (root) => {
        await runTiny(root, add("alerts"));
        return tree(root);
      });
      // The manifest, compose.yaml, package.json, the runtime, three files of the service, the record.
      for (let write = 1; write <= 8; write++) {
        await inFolder(async (root) => {
          const failing = whileFailing(name, code, () => runTiny(root, add("alerts")), write);
          const message = new RegExp(`^cannot write [^ ]+: ${reason} \\(${code}\\)$`);
          await assert.rejects(failing, { name: "EdaError", message });
          if (write === 1) assert.deepEqual(fs.readdirSync(root), []);
          await runTiny(root, write === 1 ? add("alerts") : sync);
          assert.deepEqual(tree(root), expected);
        });
      }
    });
  }

  it("(a deletion) says what it could not delete", () =>
    inFolder(async (root) => {
      await runTiny(root, add("alerts"));
      // Calls of rmSync: to empty .eda/tmp, then the first deletion.
      const failing = whileFailing("rmSync", "EACCES", () => runTiny(root, remove("alerts")), 2);
      await assert.rejects(failing, { message: /^cannot delete services\/alerts\/handlers.ts: permission is denied/ });
      await runTiny(root, sync);
      assert.deepEqual(readRecord(root).get("services/alerts/wiring.ts"), undefined);
    }));

  it("(a root below a file) gives a plain line too", () =>
    inFolder((root) => {
      put(root, { file: "" });
      const message = /^cannot write .eda\/tmp: .*\(ENOTDIR\)$/;
      assert.throws(() => apply(join(root, "file"), [derived("a", "")]), { name: "EdaError", message });
    }));

  it("(a folder that may not be written) gives a plain line too", function () {
    // Modes do not bind root; the kernel's own file system refuses it as well.
    const refusing = process.getuid?.() === 0 ? "/sys" : undefined;
    if (process.platform === "win32" || (refusing !== undefined && process.platform !== "linux")) this.skip();
    return inFolder((root) => {
      if (refusing === undefined) fs.chmodSync(root, 0o555);
      const message = /^cannot write .eda\/tmp: (permission is denied|the operation is not permitted|the file system)/;
      assert.throws(() => apply(refusing ?? root, [derived("a", "")]), { name: "EdaError", message });
    });
  });
});
