import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  type RunningSystem,
  readLastRun,
  readRunning,
  removeRunning,
  writeRunning,
} from "../../../../templates/runtime/src/embedded/running-file.ts";

describe("running.json", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), "eda-running-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const system = (supervisor: number): RunningSystem => ({
    name: "shop",
    supervisor,
    state: "ready",
    postgres: { pid: 1, port: 1, url: "" },
    brokerUrl: "",
    adminToken: "secret",
    services: [],
  });

  it("is there while its supervisor runs, readable by its owner alone", () => {
    assert.equal(readRunning(root), undefined);
    writeRunning(root, system(process.pid));
    assert.equal(readRunning(root)?.name, "shop");
    assert.deepEqual(readdirSync(path.join(root, ".data")), ["running.json"]);
    assert.equal(statSync(path.join(root, ".data/running.json")).mode & 0o777, 0o600);
    removeRunning(root);
    assert.equal(readRunning(root), undefined);
  });

  it("counts for nothing when its supervisor is gone", async () => {
    const gone = spawn(process.execPath, ["-e", "0"]);
    await once(gone, "close");
    writeRunning(root, system(gone.pid!));
    assert.equal(readRunning(root), undefined);
    assert.equal(readLastRun(root)?.name, "shop");
  });
});
