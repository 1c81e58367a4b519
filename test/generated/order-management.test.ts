import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { counted, installedExample, npm } from "../support/installed.ts";
import { runProcess } from "../support/sandbox.ts";

describe("The order-management example, cloned from git and installed by npm", () => {
  it("passes its own tests, and leaves the checkout clean", async () => {
    const clone = await installedExample();
    const ran = await npm(["test"], clone);
    assert.equal(ran.code, 0, ran.stdout.slice(-4000) + ran.stderr);
    assert.ok(counted(ran, "pass") >= 30, ran.stdout);
    assert.equal(counted(ran, "skipped"), 0);
    const { stdout } = await runProcess("git", ["status", "--porcelain"], { cwd: clone });
    assert.equal(stdout, "?? package-lock.json\n");
  }).timeout(300_000);

  it("passes the tests of one service alone, and its scripts are those that its README names", async () => {
    const clone = await installedExample();
    const ran = await npm(["test", "-w", "services/orders"], clone);
    assert.equal(ran.code, 0, ran.stdout.slice(-4000) + ran.stderr);
    const readme = fs.readFileSync(`${clone}/README.md`, "utf8");
    const { scripts } = JSON.parse(fs.readFileSync(`${clone}/package.json`, "utf8"));
    for (const [, script] of readme.matchAll(/npm run ([\w:-]+)/g)) assert.ok(scripts[script!], script);
    for (const port of [4001, 4002, 4003, 4004]) assert.match(readme, new RegExp(`\\b${port}\\b`));
  }).timeout(120_000);

  it("loses nothing and does nothing twice while its services are killed and paused", async () => {
    const clone = await installedExample();
    const ran = await npm(["run", "test:faults", "--", "--seconds", "8", "--seed", "7"], clone);
    assert.equal(ran.code, 0, ran.stdout.slice(-6000) + ran.stderr);
    assert.match(ran.stdout, /lost 0, applied twice 0/);
    assert.match(ran.stdout, /sagas completed +[1-9]/);
    assert.match(ran.stdout, /sagas compensated +[1-9]/);
  }).timeout(300_000);
});
