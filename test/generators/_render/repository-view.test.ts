import assert from "node:assert/strict";
import { openRepository } from "../../../generators/_render/repository-view.ts";
import { inFolder, put, text } from "./temporary.ts";
import { add, renderTiny, runTiny } from "./tiny-system.ts";

describe("the repository that rules see", () => {
  it("has files and lists of them, and nothing outside", () =>
    inFolder((root) => {
      put(root, { "a/b.txt": "", "a/a.txt": "", "a/c/d.txt": "", ".eda/x": "", "eda.yaml": "" });
      const view = openRepository(root);
      for (const path of ["a", "a/b.txt", ".eda/x", "eda.yaml"]) assert.ok(view.exists(path), path);
      for (const path of ["b", "..", "../x", "/etc/passwd", "/etc"]) assert.ok(!view.exists(path), path);
      assert.deepEqual(view.list("a"), ["a.txt", "b.txt"]);
      assert.deepEqual(view.list("."), ["eda.yaml"]);
      for (const folder of ["b", "a/b.txt", "..", "/etc"]) assert.deepEqual(view.list(folder), []);
    }));

  it("knows the derived files that were edited by hand, and those alone", () =>
    inFolder(async (root) => {
      await runTiny(root, add("alerts"));
      put(root, {
        "compose.yaml": "mine\n",
        "packages/runtime/index.ts": "mine\n",
        "services/alerts/domain.ts": "mine\n",
        "services/alerts/handlers.ts": "mine\n",
      });
      assert.deepEqual(openRepository(root).editedDerivedFiles(), ["compose.yaml"]);
    }));

  it("takes no check-out, merge or unrecorded writing for a hand edit", () =>
    inFolder(async (root) => {
      await runTiny(root, add("alerts"));
      const conflict = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n";
      put(root, {
        "compose.yaml": "services:\nalerts\nbilling\n",
        "services/alerts/wiring.ts": text(root, "services/alerts/wiring.ts").replaceAll("\n", "\r\n"),
      });
      const rendered = () => renderTiny("alerts\nbilling\n");
      assert.deepEqual(openRepository(root, rendered).editedDerivedFiles(), []);
      assert.deepEqual(openRepository(root).editedDerivedFiles(), ["compose.yaml"]);
      put(root, { "compose.yaml": conflict });
      assert.deepEqual(openRepository(root).editedDerivedFiles(), []);
    }));
});
