import assert from "node:assert/strict";
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { EdaError } from "../../../generators/_system/errors.ts";
import { paymentSaga, pointsSaga, shopManifest } from "../../support/saga-shop.ts";
import { inSandbox, type Sandbox, treeOf, uninstalled } from "../../support/sandbox.ts";
import { addSaga, runStep } from "./add-saga.ts";

const script = fileURLToPath(new URL("run-saga.mts", import.meta.url));
const bare = shopManifest.slice(0, shopManifest.indexOf("sagas:"));
const addPayment = addSaga("payment", "orders", paymentSaga);
const file = "sagas/payment.saga.yaml";

/** The shop without its sagas, rendered. */
async function made({ write, path }: Sandbox): Promise<string> {
  write("shop/eda.yaml", bare);
  write("shop/package.json", `${JSON.stringify({ devDependencies: { "generator-eda": "0.1.0" } })}\n`);
  await runStep(path("shop"));
  return path("shop");
}

describe("A run that writes a saga", () => {
  it("writes its file, names it, and renders what follows; twice it changes nothing", () =>
    inSandbox(async (sandbox) => {
      const root = await made(sandbox);
      await runStep(root, addPayment);
      const once = treeOf(root);
      assert.equal(once[file], paymentSaga);
      assert.match(once["eda.yaml"]!, /^sagas:\n {2}payment: /m);
      assert.match(once["services/orders/src/generated/definition.ts"]!, /sagas: \[/);
      await runStep(root, addPayment);
      assert.deepEqual(treeOf(root), once);
      await runStep(root);
      assert.deepEqual(treeOf(root), once);
    }));

  it("gives the same system and files in either order, two sagas on one another", () =>
    inSandbox(async (sandbox) => {
      const root = await made(sandbox);
      fs.cpSync(root, sandbox.path("other"), { recursive: true });
      const addPoints = addSaga("points", "loyalty", pointsSaga);
      for (const step of [addPayment, addPoints]) await runStep(root, step);
      for (const step of [addPoints, addPayment]) await runStep(sandbox.path("other"), step);
      const [one, other] = [root, sandbox.path("other")].map((folder) => {
        const { "eda.yaml": _, ...files } = treeOf(folder);
        return files;
      });
      assert.deepEqual(one, other);
    }));

  // Red where the manifest is written before the saga: then it names a file that nobody can write any more.
  it("is repeated where it was killed before the manifest, and finished by any run where it was killed after", () =>
    inSandbox(async (sandbox) => {
      const root = await made(sandbox);
      const before = treeOf(root);
      fs.cpSync(root, sandbox.path("undisturbed"), { recursive: true });
      await runStep(sandbox.path("undisturbed"), addPayment);
      const whole = treeOf(sandbox.path("undisturbed"));
      for (const write of [1, 2, 3, 4, 8]) {
        for (const next of ["again", "sync"]) {
          const folder = `${write}-${next}`;
          fs.cpSync(root, sandbox.path(folder), { recursive: true });
          const env = { EDA_TEST_STOP_AT_WRITE: String(write) };
          const killed = await sandbox.run(process.execPath, [script], { cwd: folder, env });
          assert.equal(killed.code, null, killed.stderr);
          const said = await runStep(sandbox.path(folder), ...(next === "again" ? [addPayment] : []));
          const left = treeOf(sandbox.path(folder));
          if (next === "again" || write > 2) assert.deepEqual(left, whole, `killed at write ${write}, then ${next}`);
          else if (write === 1) assert.deepEqual(left, before);
          else {
            assert.deepEqual(left, { ...before, [file]: paymentSaga });
            assert.match(said.join("\n"), /cut short before eda\.yaml named sagas\/payment\.saga\.yaml: run it again/);
          }
        }
      }
    })).timeout(60_000);

  // Red where `chooseTarget` takes the sagas that are left for somebody's files.
  it("is repeated where a new repository was killed between its sagas and its manifest", () =>
    inSandbox(async ({ eda, path }) => {
      const words = ["new", "shop", "--example", "order-management", ...uninstalled];
      const killed = await eda(words, { env: { EDA_TEST_STOP_AT_WRITE: "2" } });
      assert.equal(killed.code, null, killed.stderr);
      assert.deepEqual(fs.readdirSync(path("shop")).sort(), [".eda", "sagas"]);
      const again = await eda(words);
      assert.equal(again.code, 0, again.stderr);
      assert.equal((await eda(["validate"], { cwd: "shop" })).code, 0);
    })).timeout(60_000);

  // Red where `isCurrent` is not asked under the lock.
  it("takes up what a person has saved in the meantime, rather than write over it", () =>
    inSandbox(async (sandbox) => {
      const root = await made(sandbox);
      await runStep(root, addPayment);
      let isFirst = true;
      await runStep(root, (_, sagas) => {
        const text = sagas.get("payment")!;
        if (isFirst) sandbox.write(`shop/${file}`, text.replace("deadline: 15m", "deadline: 20m"));
        isFirst = false;
        sagas.set("payment", text.replace("version: 1", "version: 2"));
      });
      assert.match(sandbox.read(`shop/${file}`), /version: 2\n.*\n.*\n.*\ndeadline: 20m/);
      assert.match(sandbox.read("shop/services/orders/src/generated/definition.ts"), /deadlineMs: 1200000/);
    }));

  it("refuses a definition in the place of another file", () =>
    inSandbox(async (sandbox) => {
      const root = await made(sandbox);
      const before = treeOf(root);
      for (const path of ["package.json", "eda.yaml", "docs/system.md"]) {
        await assert.rejects(
          runStep(root, (manifest, sagas) => {
            manifest.set(["sagas", "payment"], { definition: path, service: "orders" });
            sagas.set("payment", paymentSaga);
          }),
          EdaError,
        );
        assert.deepEqual(treeOf(root), before);
      }
    }));

  it("says of a saga that cannot be read that it is left out, and puts all back when it is mended", () =>
    inSandbox(async (sandbox) => {
      const root = await made(sandbox);
      await runStep(root, addPayment);
      const whole = treeOf(root);
      sandbox.write(`shop/${file}`, "saga: [");
      const said = await runStep(root);
      assert.match(said.join("\n"), /Saga payment does not run as sagas\/payment\.saga\.yaml stands/);
      assert.equal(fs.existsSync(sandbox.path("shop/services/inventory/src/handlers/reserve-stock.ts")), false);
      sandbox.write(`shop/${file}`, paymentSaga);
      await runStep(root);
      assert.deepEqual(treeOf(root), whole);
    }));
});
