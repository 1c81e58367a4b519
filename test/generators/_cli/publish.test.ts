import assert from "node:assert/strict";
import { cpSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { inSandbox } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

const valid = fileURLToPath(new URL("../_saga/valid", import.meta.url));

describe("eda publish", () => {
  it("freezes contracts and sagas; again it changes nothing, and sync leaves them alone", () =>
    inSandbox(async ({ eda, path, read }) => {
      cpSync(valid, path("shop"), { recursive: true });
      const first = await eda(["publish", "--format", "json"], { cwd: "shop/sagas" });
      assert.equal(first.code, 0, first.stderr);
      const { written } = JSON.parse(first.stdout);
      assert.ok(written.includes("contracts/published/orders/OrderPlaced.v1.json"));
      assert.ok(written.includes("contracts/published/orders/PlaceOrder.json"));
      assert.ok(written.includes("contracts/published/sagas/parcel.v3.json"));
      assert.deepEqual(JSON.parse((await eda(["publish", "--format", "json"], { cwd: "shop" })).stdout), {
        written: [],
        unchanged: written.length,
      });
      const before = read("shop/contracts/published/sagas/parcel.v3.json");
      assert.equal((await eda(["sync"], { cwd: "shop" })).code, 0);
      assert.equal(read("shop/contracts/published/sagas/parcel.v3.json"), before);
      assert.doesNotMatch((await eda(["sync"], { cwd: "shop" })).stdout, /published/);
    })).timeout(60_000);

  it("refuses while validate finds an error, and then a changed saga until it has a new version", () =>
    inSandbox(async ({ eda, path, read, write }) => {
      cpSync(valid, path("shop"), { recursive: true });
      const payment = "shop/sagas/payment.saga.yaml";
      const text = read(payment);
      write(payment, text.replace("deadline: 15m\n", ""));
      assertPlainError(await eda(["publish"], { cwd: "shop" }), 1, /finds an error\n.*no deadline/);
      write(payment, "a: [");
      assertPlainError(await eda(["publish"], { cwd: "shop" }), 1, /cannot be read/);
      assert.ok(!readdirSync(path("shop")).includes("contracts"));
      write(payment, text);
      const published = await eda(["publish"], { cwd: "shop" });
      assert.match(published.stdout, /\nNext:\n {2}git add contracts\/published\n {2}git commit -m "Publish" \S+\n$/);
      assert.doesNotMatch((await eda(["publish"], { cwd: "shop" })).stdout, /Next:/, "there is nothing to commit");
      write(payment, text.replace("deadline: 15m", "deadline: 20m"));
      assertPlainError(await eda(["publish"], { cwd: "shop" }), 1, /Version 1 of saga payment is published/);
      write(payment, text.replace("deadline: 15m", "deadline: 20m").replace("version: 1", "version: 2"));
      assert.match((await eda(["publish"], { cwd: "shop" })).stdout, /payment\.v2\.json/);
      assert.ok(read("shop/contracts/published/sagas/payment.v1.json").includes('"deadlineMs": 900000'));
    })).timeout(60_000);

  it("refuses an event that its readers could no longer read, and takes what may be absent", () =>
    inSandbox(async ({ eda, path, read, write }) => {
      cpSync(valid, path("shop"), { recursive: true });
      assert.equal((await eda(["publish"], { cwd: "shop" })).code, 0);
      const manifest = read("shop/eda.yaml");
      const event = "PaymentCaptured: { fields: { orderId: uuid, receipt: string }";
      write("shop/eda.yaml", manifest.replace(event, "PaymentCaptured: { fields: { orderId: uuid }"));
      const refused = await eda(["publish"], { cwd: "shop" });
      assertPlainError(refused, 1, /payments\.PaymentCaptured is published .*\n.*new version/);
      write("shop/eda.yaml", manifest.replace(event, event.replace("string }", "string, note: string? }")));
      assert.match((await eda(["publish"], { cwd: "shop" })).stdout, /~ contracts\/published/);
    })).timeout(60_000);
});
