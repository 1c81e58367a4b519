import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { testServerUrl } from "../../../support/postgres.ts";

const templates = path.resolve(import.meta.dirname, "../../../../templates");

describe("the test that every generated service begins with", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "eda-behaviour-"));
    for (const template of ["service", "outbox-migration"]) {
      cpSync(path.join(templates, template, "migrations"), path.join(folder, "migrations"), { recursive: true });
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs it under `node --test`, over the orders of these tests with `change` made to them. */
  async function run(change: string) {
    const file = path.join(folder, "service.test.ts");
    writeFileSync(
      file,
      `import { randomUUID } from "node:crypto";
       import { testServiceBehaviour } from ${JSON.stringify(path.join(templates, "runtime/src/testing/index.ts"))};
       import { ordersDefinition, ordersImplementation } from ${JSON.stringify(path.resolve(import.meta.dirname, "../service/orders.fixture.ts"))};
       const under = {
         definition: ordersDefinition,
         implementation: ordersImplementation,
         samples: { PlaceOrder: { orderId: randomUUID(), lines: [{ sku: "tea", quantity: 1 }] } },
         subscriptionSamples: { "inventory.StockReserved": { orderId: randomUUID() } },
         migrations: new URL(${JSON.stringify(pathToFileURL(`${folder}/migrations/`).href)}),
       };
       ${change}
       testServiceBehaviour(under);`,
    );
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return spawnSync(process.execPath, ["--test", "--test-reporter=tap", file], {
      encoding: "utf8",
      env: { ...env, EDA_TEST_POSTGRES_URL: await testServerUrl() },
    });
  }

  it("passes on a sound service", async () => {
    const { status, stdout } = await run("");
    assert.equal(status, 0, stdout);
    for (const name of [
      "PlaceOrder: is answered",
      "PlaceOrder: twice",
      "PlaceOrder: with data",
      "inventory.StockReserved:",
    ]) {
      assert.match(stdout, new RegExp(`^ *ok \\d+ - ${name}`, "m"));
    }
  });

  it("fails, with the reason, on a reaction that throws and on a service that cannot start", async () => {
    const throwing = await run(`under.implementation = { ...ordersImplementation, reactions: {
      "inventory.StockReserved": async () => { throw new Error("no"); } } };`);
    assert.match(throwing.stdout, /^ *not ok \d+ - inventory\.StockReserved: coming three times/m);
    assert.match(throwing.stdout, /its reaction failed, and the message is a dead letter/);
    assert.match(throwing.stdout, /^ *ok \d+ - PlaceOrder: is answered/m);
    const missing = await run(`under.migrations = new URL("file:///nowhere/");`);
    assert.equal(missing.status, 1);
    assert.match(missing.stdout, /nowhere/);
  });
});
