import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { isRunning } from "../../../../templates/runtime/src/embedded/is-running.ts";
import type { RunningSystem } from "../../../../templates/runtime/src/embedded/running-file.ts";
import { stopSurvivors } from "../../../../templates/runtime/src/embedded/survivors.ts";

describe("services that outlived a killed run and its guard", () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  /** A process that takes the token `ours`, and stops at SIGTERM unless it is stubborn. */
  async function service(stubborn = false): Promise<{ pid: number; adminUrl: string; closed: Promise<unknown> }> {
    const program = `
      ${stubborn ? "process.on('SIGTERM', () => {});" : ""}
      const server = require("node:http").createServer((request, response) => {
        response.statusCode = request.headers.authorization === "Bearer ours" ? 200 : 403;
        response.end();
      });
      server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;
    const child = spawn(process.execPath, ["-e", program]);
    children.push(child);
    const closed = once(child, "close");
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    return { pid: child.pid!, adminUrl: `http://127.0.0.1:${String(port).trim()}`, closed };
  }

  async function lastRun(adminToken: string, pid: number, adminUrl: string): Promise<RunningSystem> {
    const gone = spawn(process.execPath, ["-e", "0"]);
    await once(gone, "close");
    const services = [{ name: "orders", pid, adminUrl, url: "", databaseUrl: "" }];
    const postgres = { pid: 0, port: 0, url: "" };
    return { name: "shop", supervisor: gone.pid!, state: "ready", postgres, brokerUrl: "", adminToken, services };
  }

  for (const stubborn of [false, true]) {
    it(`are stopped${stubborn ? ", by force if need be" : ""}`, async () => {
      const { pid, adminUrl, closed } = await service(stubborn);
      const said: string[] = [];
      await stopSurvivors(await lastRun("ours", pid, adminUrl), (line) => said.push(line), 100);
      await closed;
      assert.deepEqual(said, [`orders (process ${pid}) was left over from a run that was killed: stopping it`]);
    });
  }

  it("are not taken for another program that has the number now (red without takesToken)", async () => {
    const { pid, adminUrl } = await service();
    await stopSurvivors(await lastRun("another's", pid, adminUrl), assert.fail, 100);
    assert.equal(isRunning(pid), true);
  });
});
