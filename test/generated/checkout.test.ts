import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { builtEda, counted, installAsExample, npm } from "../support/installed.ts";
import { inSandbox } from "../support/sandbox.ts";

describe("The three commands of the first minute, one after the other in an empty folder", () => {
  it("make a checkout that is valid and passes its own tests", () =>
    inSandbox(async ({ path, root }) => {
      await builtEda(["new", "shop", "--defaults", "--skip-install"], root);
      await builtEda(["add", "saga", "payment", "--defaults"], path("shop"));
      await builtEda(["add", "outbox", "orders", "--defaults"], path("shop"));
      await builtEda(["validate", "--strict"], path("shop"));
      await installAsExample(path("shop"));
      const ran = await npm(["test"], path("shop"));
      assert.equal(ran.code, 0, ran.stdout.slice(-6000) + ran.stderr);
      assert.ok(counted(ran, "pass") >= 28, ran.stdout);
      assert.equal(counted(ran, "skipped"), 0, ran.stdout);
    })).timeout(240_000);
});
