import assert from "node:assert/strict";
import { isRunning } from "../../../../templates/runtime/src/embedded/is-running.ts";
import {
  restartPause,
  type Supervised,
  supervise,
} from "../../../../templates/runtime/src/embedded/supervised-process.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";

describe("a supervised process", () => {
  const processes: Supervised[] = [];
  const run = (program: string, isReady = async () => true) => {
    const seen = { lines: [] as string[], notices: [] as string[], started: [] as number[], ended: [] as number[] };
    const supervised = supervise({
      name: "it",
      args: ["-e", program],
      cwd: ".",
      env: process.env,
      isReady,
      onLine: (line) => seen.lines.push(line),
      onNotice: (line) => seen.notices.push(line),
      onStarted: (pid) => seen.started.push(pid),
      onEnded: (pid) => seen.ended.push(pid),
    });
    processes.push(supervised);
    return { ...supervised, seen };
  };
  afterEach(async () => {
    for (const each of processes.splice(0)) {
      each.kill();
      await each.stop(1_000);
    }
  });

  it("waits twice as long for each start in a row, 10 seconds at most", () => {
    assert.deepEqual([1, 2, 3, 4, 8, 50].map(restartPause), [100, 200, 400, 800, 10_000, 10_000]);
  });

  it("is killed when it does not stop within the limit", async () => {
    const stubborn = run("process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)");
    await eventually(() => stubborn.seen.lines.includes("up"));
    await stubborn.stop(50);
    assert.deepEqual(stubborn.seen.notices, ["it did not stop within 0.05 s: killing it"]);
    assert.deepEqual(stubborn.seen.started.filter(isRunning), []);
    assert.deepEqual(stubborn.seen.ended, stubborn.seen.started);
  });

  it("is not started again once it is to stop, even between two starts", async () => {
    const crashing = run("process.exit(3)", async () => false);
    await eventually(() => crashing.seen.notices.length > 0);
    await crashing.stop(1_000);
    await assert.rejects(crashing.firstReady, /was stopped before it was ready/);
    assert.equal(crashing.seen.started.length, crashing.seen.ended.length);
    assert.match(crashing.seen.notices[0] ?? "", /^it has ended with exit code 3: starting it again in 0\.1 s$/);
  });

  it("gives up after three ends before it was ever ready", async () => {
    const crashing = run("process.exit(3)", async () => false);
    await assert.rejects(crashing.firstReady, /it does not start: it ended with exit code 3, 3 times in a row/);
    assert.equal(crashing.seen.started.length, 3);
  });
});
