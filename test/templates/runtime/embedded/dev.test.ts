import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { isRunning } from "../../../../templates/runtime/src/embedded/is-running.ts";
import { type RunningSystem, readRunning } from "../../../../templates/runtime/src/embedded/running-file.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { type SampleRepository, sampleRepository, tinyService } from "./sample-repository.ts";

describe("npm run dev", function () {
  this.timeout(60_000);
  let repository: SampleRepository;
  const started: Dev[] = [];
  const dev = () => {
    const next = new Dev(repository.root);
    started.push(next);
    return next;
  };

  beforeEach(async () => {
    repository = await sampleRepository({ orders: tinyService, stock: tinyService });
  });
  afterEach(async () => {
    for (const each of started.splice(0)) await each.end();
    repository.remove();
  });

  it("brings everything up, prints where it is, and stops all of it on SIGINT", async () => {
    const first = dev();
    const running = await first.ready();
    const { orders } = repository.ports;
    assert.match(
      first.output,
      new RegExp(`sample is up.*\n\n.*service.*\n.*orders +http://127\\.0\\.0\\.1:${orders?.port} `),
    );
    assert.match(first.output, /^orders \| \{"level":30.*"up"\}$/m);
    assert.match(first.output, /^stock {2}\| /m);

    assert.equal(await first.stop("SIGINT"), 0);
    assert.match(first.output, /stock {2}\| stopped tidily[\s\S]*orders \| stopped tidily/);
    assert.deepEqual(pidsOf(running).filter(isRunning), []);
    assert.equal(existsSync(path.join(repository.root, ".data/running.json")), false);
  });

  it("finds its data at the second start", async () => {
    await dev().ready();
    await started[0]!.stop("SIGTERM");
    const running = await dev().ready();
    const answer = await fetch(`${running.services[0]?.url}/starts`);
    assert.deepEqual(await answer.json(), [{ n: 2 }]);
  });

  it("keeps secrets where nobody else reads them", async () => {
    const running = await dev().ready();
    const data = path.join(repository.root, ".data");
    const files = [
      "running.json",
      "postgres.password",
      ...readdirSync(path.join(data, "secrets")).map((file) => `secrets/${file}`),
    ];
    assert.equal(files.length, 2 + 4);
    for (const file of files) assert.equal(statSync(path.join(data, file)).mode & 0o777, 0o600, file);
    const secrets = files.slice(1).map((file) => readFileSync(path.join(data, file), "utf8").trim());
    assert.equal(new Set(secrets).size, secrets.length);
    for (const secret of secrets) assert.equal(started[0]?.output.includes(secret), false);
    assert.ok(secrets.includes(running.adminToken));
  });

  it("starts a service again that was killed, under its old port, and says so", async () => {
    const first = dev();
    const before = await first.ready();
    process.kill(before.services[0]!.pid!, "SIGKILL");
    await first.says(/orders has ended by SIGKILL: starting it again in 0\.1 s/);
    await first.says(/orders is ready again/);
    const after = readRunning(repository.root)!;
    assert.notEqual(after.services[0]?.pid, before.services[0]?.pid);
    assert.equal(after.services[0]?.url, before.services[0]?.url);
    assert.equal(after.services[1]?.pid, before.services[1]?.pid);
  });

  it("takes another port where one is taken, and says so", async () => {
    const port = repository.ports.stock!.port;
    const blocker = createServer().listen(port, "127.0.0.1");
    await once(blocker, "listening");
    const running = await dev().ready();
    blocker.close();
    assert.match(started[0]!.output, new RegExp(`port ${port} is taken: stock listens at \\d+`));
    assert.notEqual(running.services[1]?.url, `http://127.0.0.1:${port}`);
  });

  it("says plainly that it runs already, and leaves what runs alone", async () => {
    const running = await dev().ready();
    const second = dev();
    assert.equal(await second.exit, 1);
    assert.equal(
      second.output.trim(),
      `this repository runs already (process ${running.supervisor}): stop that first, with Ctrl-C where it was started`,
    );
    assert.ok(pidsOf(running).every(isRunning));
  });

  it("leaves nothing behind when it is killed with -9, and starts again on its data (red without guard.watch)", async () => {
    const first = dev();
    const killed = await first.ready();
    await first.stop("SIGKILL");
    assert.equal(readRunning(repository.root), undefined);
    await eventually(() => pidsOf(killed).filter(isRunning), { until: (left) => left.length === 0 });
    const running = await dev().ready();
    assert.deepEqual(
      running.services.map(({ url }) => url),
      killed.services.map(({ url }) => url),
    );
    assert.deepEqual(await (await fetch(`${running.services[0]?.url}/starts`)).json(), [{ n: 2 }]);
  });

  it("gives up, and stops the others, when a service cannot be started at all", async () => {
    writeFileSync(path.join(repository.root, "services/stock/src/main.ts"), "throw new Error('no such setting')");
    const first = dev();
    assert.equal(await first.exit, 1);
    assert.match(first.output, /stock {2}\| Error: no such setting/);
    assert.match(
      first.output,
      /stock does not start: it ended with exit code 1, 3 times in a row: stopping everything/,
    );
    assert.match(first.output, /orders \| stopped tidily/);
  });

  it("stops everything when its database goes", async () => {
    const first = dev();
    const running = await first.ready();
    process.kill(running.postgres.pid, "SIGINT");
    assert.equal(await first.exit, 1);
    assert.match(first.output, /PostgreSQL \(process \d+\) has ended: stopping everything/);
    assert.deepEqual(pidsOf(running).filter(isRunning), []);
  });

  it("says in one line what is missing", async () => {
    writeFileSync(path.join(repository.root, "infra/local.json"), "{}");
    const first = dev();
    assert.equal(await first.exit, 1);
    assert.match(first.output, /^.*infra\/local\.json does not describe a system: run `npx eda sync`\n$/);
  });

  it("says in one line that nothing is installed", async () => {
    rmSync(path.join(repository.root, "node_modules"));
    const first = dev();
    assert.equal(await first.exit, 1);
    assert.equal(first.output, "nothing is installed here yet: run `npm install`\n");
  });

  it("is up without a service, and says how to come by one", async () => {
    const file = path.join(repository.root, "infra/local.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), services: [] }));
    const first = dev();
    await first.ready();
    assert.match(first.output, /has no service yet: stop this, and add one with `npx eda add service NAME`/);
  });
});

function pidsOf({ supervisor, postgres, services }: RunningSystem): number[] {
  return [supervisor, postgres.pid, ...services.flatMap(({ pid }) => (pid === null ? [] : [pid]))];
}

/** One run of the supervisor. */
class Dev {
  output = "";
  readonly exit: Promise<number | null>;
  readonly #root: string;
  readonly #child: ChildProcess;

  constructor(root: string) {
    this.#root = root;
    this.#child = spawn(process.execPath, [path.join(root, "packages/runtime/src/embedded/dev.ts")], { cwd: root });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.output += chunk;
      });
    }
    this.exit = once(this.#child, "close").then(([code]) => code as number | null);
  }

  async ready(): Promise<RunningSystem> {
    await this.says(/Ctrl-C stops everything/);
    return readRunning(this.#root)!;
  }

  async says(what: RegExp): Promise<void> {
    const look = () => (this.#child.exitCode === null ? this.output : assert.fail(`it has ended: ${this.output}`));
    await eventually(look, { until: (output) => what.test(output), what: String(what), withinMs: 30_000 });
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.exit;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.stop("SIGTERM");
  }
}
