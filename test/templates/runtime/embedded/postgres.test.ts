import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { isRunning } from "../../../../templates/runtime/src/embedded/is-running.ts";
import { ClusterInUse } from "../../../../templates/runtime/src/embedded/leftover.ts";
import { type RunningPostgres, startPostgres } from "../../../../templates/runtime/src/embedded/postgres.ts";
import { claim } from "../../../../templates/runtime/src/embedded/postmaster.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { query } from "./query.ts";

/** Most of these tests are about processes, not about disks. */
const QUICK = { fsync: "off" };
const asRoot = process.getuid?.() === 0;

describe("the embedded PostgreSQL", () => {
  let folder: string;
  const started: RunningPostgres[] = [];
  const start = async (options: Partial<Parameters<typeof startPostgres>[0]> = {}) => {
    const server = await startPostgres({
      dataDir: path.join(folder, "my data", "postgres"),
      settings: QUICK,
      ...options,
    });
    started.push(server);
    return server;
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "eda-embedded-"));
    chmodSync(folder, 0o711);
  });
  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("starts in a path with spaces, durable, on loopback alone, and finds its data at the second start", async () => {
    const first = await start({ settings: {} });
    assert.deepEqual(
      await query(
        first.url,
        `SELECT current_setting('listen_addresses') AS host, current_setting('fsync') AS fsync,
                current_setting('wal_level') AS wal, current_setting('server_encoding') AS encoding`,
      ),
      [{ host: "127.0.0.1", fsync: "on", wal: "logical", encoding: "UTF8" }],
    );
    await query(first.url, "CREATE TABLE kept AS SELECT 1 AS id");
    await first.stop();
    assert.equal(isRunning(first.pid), false);

    const second = await start();
    assert.deepEqual(await query(second.url, "SELECT id FROM kept"), [{ id: 1 }]);
    assert.equal(statSync(path.join(folder, "my data", "postgres.password")).mode & 0o777, 0o600);
  });

  it("asks for its password", async () => {
    const server = await start();
    const stranger = new URL(server.url);
    stranger.password = "guess";
    await assert.rejects(query(stranger.href, "SELECT 1"), { code: "28P01" });
  });

  it("takes another port when the one wanted is taken, and says so", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const { port } = blocker.address() as { port: number };
    const said: string[] = [];
    const server = await start({ port, log: (line) => said.push(line) });
    blocker.close();
    assert.notEqual(server.port, port);
    assert.deepEqual(said, [`port ${port} is taken: PostgreSQL listens at ${server.port}`]);
  });

  it("refuses a cluster that a live process uses, naming it (red without the advisory lock in postmaster.ts)", async () => {
    const first = await start();
    await assert.rejects(start(), (error) => error instanceof ClusterInUse && error.by === `process ${process.pid}`);
    assert.deepEqual(await query(first.url, "SELECT 1 AS one"), [{ one: 1 }]);
  });

  it("stops a server that a kill -9 has left behind and starts on its data (red without stopLeftover)", async () => {
    const { child, server } = await inAnotherProcess({ guard: false });
    await query(server.url, "CREATE TABLE kept AS SELECT 1 AS id");
    child.kill("SIGKILL");
    await once(child, "close");
    assert.equal(isRunning(server.pid), true);
    // One that has only just started is not taken for a leftover: its owner may be about to claim it.
    assert.equal((await claim(server.url, server.dataDir, 3_600_000)).outcome, "no answer");
    const said: string[] = [];
    const next = await start({ log: (line) => said.push(line) });
    assert.deepEqual(await query(next.url, "SELECT id FROM kept"), [{ id: 1 }]);
    assert.match(said.join(), new RegExp(`process ${server.pid}\\) was left over`));
  });

  it("has its guard stop the server when its process is killed with -9 (red without guard.watch)", async () => {
    const { child, server } = await inAnotherProcess({});
    child.kill("SIGKILL");
    await once(child, "close");
    await eventually(() => !existsSync(path.join(server.dataDir, "postmaster.pid")));
  });

  it("takes no other program for its server when postmaster.pid is stale", async () => {
    const first = await start();
    await first.stop();
    const gone = spawn(process.execPath, ["-e", "0"]);
    await once(gone, "close");
    writeFileSync(path.join(first.dataDir, "postmaster.pid"), `${gone.pid}\n${first.dataDir}\n0\n${first.port}\n\n`);
    const second = await start();
    assert.deepEqual(await query(second.url, "SELECT 1 AS one"), [{ one: 1 }]);
  });

  it("gives a cluster to one of two that start at once", async () => {
    const outcomes = await Promise.allSettled([inAnotherProcess({}), inAnotherProcess({})]);
    const won = outcomes.filter((outcome) => outcome.status === "fulfilled");
    const lost = outcomes.filter((outcome) => outcome.status === "rejected");
    assert.equal(
      won.length,
      1,
      JSON.stringify(outcomes.map((outcome) => String("reason" in outcome && outcome.reason))),
    );
    assert.match(String(lost[0]?.reason), /is in use by process/);
    assert.deepEqual(await query(won[0]!.value.server.url, "SELECT 1 AS one"), [{ one: 1 }]);
    won[0]?.value.child.kill("SIGKILL");
    await eventually(() => !existsSync(path.join(won[0]!.value.server.dataDir, "postmaster.pid")));
  });

  it("puts its data elsewhere, and says so, when the server's user cannot reach the folder", async function () {
    if (!asRoot) this.skip();
    mkdirSync(path.join(folder, "closed"), { mode: 0o700 });
    const dataDir = path.join(folder, "closed", "postgres");
    const said: string[] = [];
    const first = await start({ dataDir, log: (line) => said.push(line) });
    const elsewhere = path.dirname(first.dataDir);
    try {
      assert.match(said[0] ?? "", /may not pass through .*closed: its data is in .*eda-postgres-\w+ /);
      assert.equal(statSync(`${dataDir}.password`).mode & 0o777, 0o600);
      await query(first.url, "CREATE TABLE kept AS SELECT 1 AS id");
      await first.stop();
      const second = await start({ dataDir });
      assert.deepEqual(await query(second.url, "SELECT id FROM kept"), [{ id: 1 }]);
      await second.stop();

      rmSync(path.join(folder, "closed"), { recursive: true });
      mkdirSync(path.join(folder, "closed"), { mode: 0o700 });
      const afresh = await start({ dataDir });
      await afresh.stop();
      rmSync(path.dirname(afresh.dataDir), { recursive: true, force: true });
      assert.notEqual(afresh.dataDir, first.dataDir);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  /** Starts the server in a child of its own, so that the child can be killed. */
  async function inAnotherProcess(options: { guard?: false }) {
    const program = `
      import { startPostgres } from ${JSON.stringify(import.meta.resolve("../../../../templates/runtime/src/embedded/postgres.ts"))};
      const { pid, url, dataDir } = await startPostgres(JSON.parse(process.argv[1])).catch((error) => {
        console.error(error.message);
        process.exit(1);
      });
      console.log(JSON.stringify({ pid, url, dataDir }));`;
    const dataDir = path.join(folder, "my data", "postgres");
    const child = spawn(process.execPath, [
      "--input-type=module-typescript",
      "-e",
      program,
      JSON.stringify({ dataDir, settings: QUICK, ...options }),
    ]);
    let error = "";
    child.stderr.on("data", (chunk: Buffer) => {
      error += chunk;
    });
    for await (const line of createInterface({ input: child.stdout })) {
      return { child, server: JSON.parse(line) as Pick<RunningPostgres, "pid" | "url" | "dataDir"> };
    }
    throw new Error(error);
  }
});
