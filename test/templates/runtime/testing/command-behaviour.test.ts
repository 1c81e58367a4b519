import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { testServerUrl } from "../../../support/postgres.ts";

const templates = path.resolve(import.meta.dirname, "../../../../templates");
const shop = path.resolve(import.meta.dirname, "../saga/participant/shop.fixture.ts");

describe("the test of a service that sagas use", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "eda-commands-"));
    for (const template of ["service", "outbox-migration", "saga-participant"]) {
      cpSync(path.join(templates, template, "migrations"), path.join(folder, "migrations"), { recursive: true });
    }
    writeFileSync(path.join(folder, "migrations/0100-parcel.sql"), "CREATE TABLE public.parcel (order_id text);\n");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs it under `node --test`, over the shop with `change` made to it. */
  async function run(change: string) {
    const file = path.join(folder, "service.test.ts");
    writeFileSync(
      file,
      `import { testServiceBehaviour } from ${JSON.stringify(path.join(templates, "runtime/src/testing/index.ts"))};
       import { fakeProvider, shopDefinition, shopImplementation } from ${JSON.stringify(shop)};
       const implementation = shopImplementation(fakeProvider());
       const sample = { orderId: "sample", quantity: 1 };
       const samples = Object.fromEntries(Object.keys(shopDefinition.commands).map((name) => [name, sample]));
       ${change}
       testServiceBehaviour({
         definition: shopDefinition,
         implementation,
         samples,
         subscriptionSamples: {},
         migrations: new URL(${JSON.stringify(pathToFileURL(`${folder}/migrations/`).href)}),
       });`,
    );
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return spawnSync(process.execPath, ["--test", "--test-reporter=tap", file], {
      encoding: "utf8",
      env: { ...env, EDA_TEST_POSTGRES_URL: await testServerUrl() },
    });
  }

  it("passes on a sound one, in both directions, also where a provider is called", async () => {
    const { status, stdout } = await run("");
    assert.equal(status, 0, stdout);
    for (const name of [
      "ReserveStock: sent twice by a saga, is done once and answered twice",
      "ReleaseStock: sent twice by a saga, undoes ReserveStock once and is answered twice",
      "ReleaseStock: before ReserveStock, has nothing to undo and keeps it from being done later",
      "PackOrder: sent twice",
      "CapturePayment: sent twice",
      "RefundPayment: sent twice",
      "RefundPayment: before CapturePayment",
    ]) {
      assert.match(stdout, new RegExp(`^ *ok \\d+ - ${name}`, "m"));
    }
  });

  it("finds the state that a command needs, and fails on one that throws", async () => {
    const { status, stdout } = await run(`
      const { decide } = implementation.decider;
      implementation.decider = {
        ...implementation.decider,
        decide: (command, state) =>
          command.type === "ReserveStock" && !state.includes("PaymentCaptured") ? [] : decide(command, state),
      };
      implementation.commands = {
        ...implementation.commands,
        RefundPayment: { call: async () => { throw new Error("the provider is away"); } },
        PackOrder: async () => { throw new Error("no boxes left"); },
      };`);
    assert.equal(status, 1, stdout);
    assert.match(stdout, /^ *ok \d+ - ReserveStock: sent twice by a saga, is done once and answered twice$/m);
    assert.match(stdout, /RefundPayment went to the dead letters[\s\S]*the provider is away/);
    assert.match(stdout, /PackOrder went to the dead letters[\s\S]*no boxes left/);
  });
});
