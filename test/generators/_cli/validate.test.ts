import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { inSandbox } from "../../support/sandbox.ts";
import { assertPlainError } from "./plain-error.ts";

const rooms = { name: "rooms", commands: "BookRoom", events: "RoomBooked" };

describe("eda validate", () => {
  it("is 0 with warnings, 1 with --strict, and prints place, rule and hint", () =>
    inSandbox(async ({ eda, shop, add }) => {
      await shop();
      await add("service", rooms);
      const ran = await eda(["validate"], { cwd: "shop/services/rooms" });
      assert.equal(ran.code, 0);
      assert.match(ran.stdout, /^\S*eda\.yaml:\d+:\d+: warning EDA-M04 .*RoomBooked.*\n {2}\S/m);
      assert.match(ran.stdout, /^1 manifest checked: 0 errors, 1 warning$/m);
      assert.equal((await eda(["validate", "--strict"], { cwd: "shop" })).code, 1);
    }));

  it("gives the same findings as JSON for machines", () =>
    inSandbox(async ({ eda, shop, add }) => {
      await shop();
      await add("service", rooms);
      const { findings, checked } = JSON.parse((await eda(["validate", "--format", "json"], { cwd: "shop" })).stdout);
      assert.equal(checked, 1);
      assert.equal(findings.length, 1);
      assert.deepEqual(Object.keys(findings[0]).sort(), [
        "column",
        "file",
        "hint",
        "line",
        "message",
        "rule",
        "severity",
      ]);
      assert.equal(findings[0].rule, "EDA-M04");
      assert.equal(findings[0].file, "eda.yaml");
    }));

  it("is 1 for an error, which it places", () =>
    inSandbox(async ({ eda, shop, write, read }) => {
      await shop();
      write("shop/eda.yaml", read("shop/eda.yaml").replace("platform: kafka", "platform: kafkaa"));
      const ran = await eda(["validate"], { cwd: "shop" });
      assert.equal(ran.code, 1);
      assert.match(ran.stdout, /^eda\.yaml:6:13: error EDA-M01 .*\n {2}.*kafka/m);
    }));

  it("checks only the files named", () =>
    inSandbox(async ({ eda, write }) => {
      write("a.yaml", "eda: 1\nname: a\n");
      write("b.yaml", "eda: 1\nname: B\n");
      const ran = await eda(["validate", "a.yaml", "b.yaml"]);
      assert.equal(ran.code, 1);
      assert.match(ran.stdout, /^b\.yaml:2:7: error EDA-M01/m);
      assert.match(ran.stdout, /^2 manifests checked/m);
    }));

  it("is 2 for what cannot be read, and for a wrong call", () =>
    inSandbox(async ({ eda, write }) => {
      write("bad.yaml", "eda: 1\n  name: [\n");
      write("newer.yaml", "eda: 2\nname: a\n");
      assertPlainError(await eda(["validate", "bad.yaml"]), 2, /^bad\.yaml:\d+:\d+: error/);
      assertPlainError(await eda(["validate", "newer.yaml"]), 2, /format 2/);
      assertPlainError(await eda(["validate", "nope.yaml"]), 2, /no file nope\.yaml/);
      assertPlainError(await eda(["validate", "."]), 2, /^error \. is not a file but a folder/);
      assertPlainError(await eda(["validate", "a\nb\u001b[31m"]), 2, /no file a\\u000ab\\u001b/);
      assertPlainError(await eda(["validate"]), 2, /no eda\.yaml here/);
      assertPlainError(await eda(["validate", "--format", "xml"]), 2, /xml/);
    }));
});
