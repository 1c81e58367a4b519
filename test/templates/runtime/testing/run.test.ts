import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { isRunning } from "../../../../templates/runtime/src/embedded/is-running.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";

const project = path.resolve(import.meta.dirname, "../../../..");

describe("the test runner of a generated repository", () => {
  let root: string;
  const runner = () => path.join(root, "packages/runtime/src/testing/run.ts");

  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), "eda run "));
    cpSync(path.join(project, "templates/runtime"), path.join(root, "packages/runtime"), { recursive: true });
    symlinkSync(path.join(project, "node_modules"), path.join(root, "node_modules"), "junction");
    writeFileSync(path.join(root, "package.json"), '{"type":"module"}');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const test = (service: string, body: string) => {
    mkdirSync(path.join(root, "services", service, "test"), { recursive: true });
    writeFileSync(
      path.join(root, "services", service, "test/it.test.ts"),
      `import { test } from "node:test";
       import { testDatabase } from "../../../packages/runtime/src/testing/test-database.ts";
       test("it", async () => { ${body} });`,
    );
  };

  it("gives every service's tests one server, stops it, and passes success on", () => {
    test("orders", "console.log((await testDatabase()).url)");
    test("stock", "console.log((await testDatabase()).url)");
    const { status, stdout, stderr } = spawnSync(process.execPath, [runner()], { cwd: root, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
    const ports = stdout.match(/(?<=@127\.0\.0\.1:)\d+/g) ?? [];
    assert.equal(ports.length, 2);
    assert.equal(new Set(ports).size, 1);
    assert.doesNotMatch(stderr, /./);
  });

  it("fails when a test fails, and runs a folder alone when it is named", () => {
    test("orders", "throw new Error('red')");
    test("stock", "");
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [runner(), ...args], { cwd: root, encoding: "utf8" });
    assert.equal(run().status, 1);
    assert.equal(run("services/stock").status, 0);
    const { status, stderr } = run("services/none");
    assert.equal(status, 1);
    assert.match(stderr, /no tests: nothing matches/);
  });

  it("stops tests and server on SIGTERM", async () => {
    test(
      "orders",
      "console.log((await testDatabase()).url); console.log(process.pid); await new Promise(() => setInterval(() => {}, 1e3));",
    );
    const child = spawn(process.execPath, [runner(), "--test-reporter=tap"], { cwd: root });
    const lines = createInterface({ input: child.stdout });
    let pid = 0;
    for await (const line of lines) {
      pid = Number(/^# (\d+)$/.exec(line)?.[1] ?? 0);
      if (pid) break;
    }
    child.kill("SIGTERM");
    await once(child, "close");
    await eventually(() => !isRunning(pid));
  });
});
