import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { inSandbox, treeOf } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

describe("eda phases and eda phase", () => {
  it("is 1 while a phase is open, and says what is missing and what to run", () =>
    inSandbox(async ({ eda, shop }) => {
      await shop();
      const ran = await eda(["phases"], { cwd: "shop" });
      assert.equal(ran.code, 1);
      assert.match(ran.stdout, /^1 requirements +open\n {4}There is no service\n {6}Run eda add service <name>$/m);
      assert.match(ran.stdout, /^2 stream +assumed\n {4}warning: /m);
      const { phases } = JSON.parse((await eda(["phases", "--format", "json"], { cwd: "shop" })).stdout);
      assert.deepEqual(
        phases.map(({ status }: { status: string }) => status),
        ["open", "assumed", "open", "open", "open"],
      );
    }));

  it("turns assumed into decided for a person who accepts, in the decision record too", () =>
    inSandbox(async ({ eda, shop, add, read }) => {
      await shop();
      await add("outbox-migration", { service: "orders" });
      assert.equal((await eda(["phases"], { cwd: "shop" })).code, 0);
      assert.equal((await eda(["phases", "--strict"], { cwd: "shop" })).code, 1);
      assert.match(read("shop/docs/decisions/0002-stream.md"), /status: "proposed/);
      for (const phase of ["requirements", "stream", "event-sourcing", "cqrs-sagas", "consistency"]) {
        const ran = await eda(["phase", phase, "--accept"], { cwd: "shop" });
        assert.equal(ran.code, 0, ran.stderr);
      }
      assert.match(read("shop/docs/decisions/0002-stream.md"), /status: "accepted"/);
      assert.equal((await eda(["phases", "--strict"], { cwd: "shop" })).code, 0);
      assert.equal((await eda(["sync", "--check"], { cwd: "shop" })).code, 0);
    }));

  it("keeps a decided phase decided when a flag extends a service under --defaults", () =>
    inSandbox(async ({ eda, shop, add, read }) => {
      await shop();
      await add("service", { name: "orders" });
      assert.match(read("shop/eda.yaml"), /requirements: \{ status: assumed/);
      await eda(["phase", "requirements", "--accept"], { cwd: "shop" });
      await add("service", { name: "orders", events: "OrderPlaced" });
      assert.match(read("shop/eda.yaml"), /requirements: \{ status: decided/);
      await add("service", { name: "payments" });
      assert.match(read("shop/eda.yaml"), /requirements: \{ status: assumed/, "a new default decides anew");
    }));

  it("says of a phase that was accepted when it stays open all the same, and takes one that is written by hand", () =>
    inSandbox(async ({ eda, shop, add, read, write }) => {
      await shop();
      await add("service", { name: "orders", events: "OrderPlaced" });
      const accepted = await eda(["phase", "requirements", "--accept"], { cwd: "shop" });
      assert.match(accepted.stdout, /requirements stays open all the same: see `eda phases`/);
      const stream = await eda(["phase", "stream", "--accept"], { cwd: "shop" });
      assert.doesNotMatch(stream.stdout, /stays open/);
      const byHand = "phases:\n  cqrs-sagas: { status: decided, decision: docs/decisions/0004-cqrs-sagas.md }";
      write("shop/eda.yaml", read("shop/eda.yaml").replace("phases:", byHand));
      await eda(["sync"], { cwd: "shop" });
      assert.match(read("shop/docs/decisions/0004-cqrs-sagas.md"), /status: "accepted"/);
    }));

  it("has nothing to accept while nothing is assumed, asks only at a terminal, and knows five phases", () =>
    inSandbox(async ({ eda, shop, root }) => {
      await shop();
      const before = treeOf(root);
      const phase = (...words: string[]) => eda(["phase", ...words], { cwd: "shop" });
      assertPlainError(await phase("consistency", "--accept"), 1, /Nothing is assumed/);
      assertPlainError(
        await phase("consistency"),
        1,
        /no terminal.*\n.*write phases: \{ consistency: \{ status: decided, decision: docs\/decisions\/0005/,
      );
      assertPlainError(await phase("stream"), 1, /no terminal.*\n.*--accept/);
      assertPlainError(await phase("streem"), 1, /"streem" is no phase\n.*stream/);
      assert.deepEqual(treeOf(root), before);
    }));
});
