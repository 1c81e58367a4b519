import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { inSandbox } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

describe("eda dead-letters, eda outbox, eda sagas and eda trace", () => {
  // Red where what it loads imports a package: postmaster.ts, for one.
  it("are the runtime's own verbs, from any folder, words and exit code and all, before anything is installed too", () =>
    inSandbox(async ({ eda, shop }) => {
      await shop();
      const list = ["dead-letters", "list", "--service", "orders"];
      assertPlainError(await eda(list, { cwd: "shop/docs" }), 1, /^nothing runs here: start it with `npm run dev`/);
      assertPlainError(await eda(["sagas", "--stuck"], { cwd: "shop" }), 1, /^nothing runs here/);
      assertPlainError(
        await eda(["trace", "payment:4711", "--format", "mermaid"], { cwd: "shop" }),
        1,
        /^nothing runs here/,
      );
      assertPlainError(
        await eda(["outbox", "frobnicate"], { cwd: "shop" }),
        2,
        /^there is no command `outbox frobnicate`\n/,
      );
      const help = await eda(["dead-letters", "--help"], { cwd: "shop" });
      assert.deepEqual([help.code, help.stderr], [0, ""]);
      assert.match(help.stdout, /dead-letters replay/);
    }));

  it("need a repository, and its runtime", () =>
    inSandbox(async ({ eda, shop, path }) => {
      assertPlainError(await eda(["dead-letters", "list"]), 1, /no eda\.yaml here or in a folder above/);
      await shop();
      fs.rmSync(path("shop/packages"), { recursive: true });
      assertPlainError(await eda(["outbox", "status"], { cwd: "shop" }), 1, /no packages\/runtime.*\n.*eda sync/);
    }));
});
