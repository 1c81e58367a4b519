import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { type ServiceProcess, startProcess } from "./process.ts";
import { ask, type Surroundings, surroundings } from "./running.ts";

describe("a service process", () => {
  let around: Surroundings;
  let running: ServiceProcess[];
  before(async () => {
    around = await surroundings();
  });
  after(() => around.close());
  beforeEach(() => {
    running = [];
  });
  afterEach(async () => {
    for (const { child } of running) child.kill("SIGKILL");
    await Promise.all(running.map(({ ended }) => ended));
  });

  const start = (environment: Record<string, string> = {}, ...args: string[]) => {
    const started = startProcess(around, environment, args);
    running.push(started);
    return started;
  };
  const place = (url: string | undefined, orderId: string, headers: Record<string, string> = {}) =>
    ask(url ?? "", "/commands/place-order", { body: { orderId, lines: [{ sku: "a", quantity: 1 }] }, headers });

  for (const signal of ["SIGTERM", "SIGINT"] as const)
    it(`stops gracefully at ${signal}, with exit code 0`, async () => {
      const service = start();
      const { http } = await service.started;
      assert.equal((await place(http, randomUUID())).status, 200);
      service.child.kill(signal);
      assert.deepEqual(await service.ended, { code: 0, stderr: "" });
      assert.equal(service.logged.at(-1)?.msg, "stopped");
    });

  it("loses nothing that it has answered when it is killed", async () => {
    const seen = await around.messages("orders.order.events");
    const ids = Array.from({ length: 20 }, () => randomUUID());
    // The same name after the restart: it goes on at once with what the killed one held.
    const environment = { EDA_INSTANCE: "one" };
    const first = start(environment);
    const { http } = await first.started;
    const key = { "idempotency-key": randomUUID() };
    const answers = await Promise.all(ids.map((id, index) => place(http, id, index === 0 ? key : {})));
    first.child.kill("SIGKILL");
    await first.ended;
    const second = await start(environment).started;
    const again = await place(second.http, ids[0] ?? "", key);
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    assert.deepEqual(again.body, answers[0]?.body);
    await eventually(() => ids.every((id) => seen.some(({ key }) => key === id)), { what: "every event" });
  });

  it("stops under load without losing what it has answered", async () => {
    const environment = { EDA_INSTANCE: "one" };
    const seen = await around.messages("orders.order.events");
    const service = start(environment);
    const { http } = await service.started;
    const answered = new Set<string>();
    const client = async () => {
      for (;;) {
        const orderId = randomUUID();
        const answer = await place(http, orderId).catch(() => undefined);
        if (answer?.status !== 200) return answer?.status;
        answered.add(orderId);
      }
    };
    const clients = Array.from({ length: 8 }, client);
    await eventually(() => answered.size >= 50, { what: "load" });
    service.child.kill("SIGTERM");
    // Each client ends at a plain refusal: 503, or a closed door.
    for (const status of await Promise.all(clients)) assert.ok(status === undefined || status === 503, `${status}`);
    assert.equal((await service.ended).code, 0);
    await start(environment).started;
    const arrived = () => {
      const keys = new Set(seen.map(({ key }) => key));
      return [...answered].every((orderId) => keys.has(orderId));
    };
    await eventually(arrived, { what: "every answered order on the topic" });
  });

  it("can be one part of the service: what HTTP puts into the outbox, a relay elsewhere publishes", async () => {
    const seen = await around.messages("orders.order.events");
    const orderId = randomUUID();
    const web = start({ EDA_ROLE: "http" });
    const { http } = await web.started;
    assert.equal((await place(http, orderId)).status, 200);
    const relay = start({ EDA_INSTANCE: "one" }, "--role", "relay");
    const started = await relay.started;
    assert.equal(started.http, undefined);
    assert.equal((await ask(started.admin, "/health/ready")).status, 200);
    await eventually(() => seen.some(({ key }) => key === orderId));
    relay.child.kill("SIGTERM");
    web.child.kill("SIGTERM");
    assert.deepEqual([(await relay.ended).code, (await web.ended).code], [0, 0]);
  });

  it("says on one line what is wrong with a setting, and exits with 2", async () => {
    const cases: [Record<string, string>, RegExp][] = [
      [{ HOST: "0.0.0.0" }, /^orders: HOST is "0\.0\.0\.0" and AUTH_JWKS_URL is not set: .*loopback alone\.\n.*\n$/],
      [{ BROKER: "kafka" }, /^orders: BROKER is "kafka": this runtime knows embedded\.\n$/],
      [{ DATABASE_URL: "" }, /^orders: DATABASE_URL is not set\./],
      [{ EDA_ROLE: "king" }, /^orders: the role is "king"/],
    ];
    const ends = await Promise.all(cases.map(([environment]) => start(environment).ended));
    for (const [index, ended] of ends.entries()) {
      assert.equal(ended.code, 2);
      assert.match(ended.stderr, cases[index]?.[1] ?? /^$/);
    }
  });

  it("says which port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await start({ PORT: `${port}` }).ended;
    other.close();
    assert.equal(code, 2);
    assert.equal(stderr, `orders: PORT ${port} is taken on 127.0.0.1: stop what listens there, or set another.\n`);
  });

  it("exits with 1 when its database is not there, and names the address without the password", async () => {
    const service = start({ DATABASE_URL: "postgres://orders:secret@127.0.0.1:1/orders" });
    const { code } = await service.ended;
    assert.equal(code, 1);
    assert.match(
      JSON.stringify(service.logged),
      /127\.0\.0\.1:1 \(database orders, role orders\): nothing listens there/,
    );
    assert.doesNotMatch(JSON.stringify(service.logged), /secret/);
  });

  it("warns that it asks nobody for a token", async () => {
    const service = start();
    await service.started;
    assert.ok(service.logged.some(({ msg }) => /AUTH_JWKS_URL is not set/.test(String(msg))));
  });
});
