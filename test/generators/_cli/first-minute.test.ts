import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { inSandbox, uninstalled } from "../../support/sandbox.ts";

describe("The first minute", () => {
  it("works in a row, in an empty folder, with nothing but defaults", () =>
    inSandbox(async ({ eda, read }) => {
      const made = await eda(["new", "shop", "--defaults", ...uninstalled]);
      assert.equal(made.code, 0, made.stderr);
      const saga = await eda(["add", "saga", "payment", "--defaults"], { cwd: "shop" });
      assert.equal(saga.code, 0, saga.stderr);
      assert.match(saga.stdout, /shop has no events yet, so it starts from a small checkout/);
      const added = await eda(["add", "outbox", "orders", "--defaults"], { cwd: "shop" });
      assert.equal(added.code, 0, added.stderr);
      assert.match(added.stdout, /orders has an outbox/);
      assert.match(read("shop/eda.yaml"), /outboxes:[\s\S]*\n {2}orders: \{ relay: polling/);
      assert.match(read("shop/services/orders/migrations/0020-outbox.sql"), /CREATE TABLE/);

      const phases = await eda(["phases"], { cwd: "shop" });
      assert.equal(phases.code, 0, "no phase is open");
      assert.equal(phases.stdout.match(/ assumed$/gm)?.length, 5, "what defaults decided is marked");
      assert.match(phases.stdout, /warning: .* eda phase stream --accept/);
      const validated = await eda(["validate", "--strict"], { cwd: "shop" });
      assert.equal(validated.code, 0, validated.stdout);
    }));

  it("ends by printing the next three commands, and they exist", () =>
    inSandbox(async ({ eda }) => {
      const { stdout } = await eda(["new", "shop", "--defaults", ...uninstalled]);
      const next = stdout.slice(stdout.indexOf("Next:")).trim().split("\n").slice(1);
      assert.deepEqual(
        next.map((line) => line.trim()),
        ["cd shop", "npm install", "npx eda add service orders --commands PlaceOrder --events OrderPlaced --defaults"],
      );
      const [, ...words] = next[2]!.trim().split(" ");
      const added = await eda(words.slice(1), { cwd: "shop" });
      assert.equal(added.code, 0, added.stderr);
      assert.match(added.stdout, /orders publishes events, so it gets an outbox with a polling relay/);
    }));

  it("works without a saga too: an outbox makes the service that it is for", () =>
    inSandbox(async ({ eda, shop, read }) => {
      await shop();
      const added = await eda(["add", "outbox", "orders", "--defaults"], { cwd: "shop" });
      assert.equal(added.code, 0, added.stderr);
      assert.match(added.stdout, /There is no service orders yet, so it is made/);
      assert.match(read("shop/eda.yaml"), /outboxes:\n {2}orders: \{ relay: polling/);
    }));

  it("without defaults and a terminal, names the command to run first", () =>
    inSandbox(async ({ eda, shop, add, read }) => {
      await shop();
      await add("outbox-migration", { service: "rooms" });
      const before = read("shop/eda.yaml");
      const { code, stderr, stdout } = await eda(["add", "outbox", "orders", "--relay", "polling"], { cwd: "shop" });
      assert.equal(code, 1);
      assert.match(stderr, /eda add service orders/);
      assert.equal(stdout, "");
      assert.equal(read("shop/eda.yaml"), before);
    }));
});
