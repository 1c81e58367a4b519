import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cp, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Message } from "../../../../../templates/runtime/src/message/message.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { type ServiceProcess, startProcess } from "../../service/process.ts";
import { type Surroundings, surroundings } from "../../service/running.ts";
import { captures, refunds } from "./rig.ts";
import { fakeProvider, shopDefinition } from "./shop.fixture.ts";

describe("a call outside whose process does not come to its end (R19)", function () {
  this.timeout(60_000);
  let around: Surroundings;
  let provider: ReturnType<typeof fakeProvider>;
  let server: Server;
  let running: ServiceProcess[];
  let told: readonly Message[];
  let events: readonly Message[];

  before(async () => {
    around = await surroundings();
    const migrations = fileURLToPath(around.options.migrations);
    await cp(path.join("templates", "saga-participant", "migrations"), migrations, { recursive: true });
    await writeFile(path.join(migrations, "0100-parcel.sql"), "CREATE TABLE public.parcel (order_id text);\n");
    await around.broker.ensureTopics(shopDefinition.topics);
    [told, events] = [await around.messages("buying.replies"), await around.messages("shop.order.events")];
    server = createServer(async (request, response) => {
      const { order, ...keys } = JSON.parse((await request.toArray()).join(""));
      const answer = request.url === "/capture" ? provider.capture(order, keys) : provider.refund(order, keys);
      response.end(JSON.stringify(await answer.catch(() => "declined")));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await around.close();
  });
  beforeEach(() => {
    provider = fakeProvider();
    running = [];
  });
  afterEach(async () => {
    for (const { child } of running) child.kill("SIGKILL");
    await Promise.all(running.map(({ ended }) => ended));
  });

  async function start(): Promise<ServiceProcess> {
    const { port } = server.address() as AddressInfo;
    const environment = { PROVIDER: `http://127.0.0.1:${port}`, LOG_LEVEL: "info" };
    const started = startProcess(around, environment, [], new URL("shop.main.mts", import.meta.url));
    running.push(started);
    await started.started;
    return started;
  }
  const typesOf = (order: string, messages: readonly Message[]) =>
    messages.filter(({ correlationid }) => correlationid === `c-${order}`).map(({ type }) => type.replace("shop.", ""));
  const outcome = async (order: string) => {
    await eventually(() => typesOf(order, told).length >= 2, { withinMs: 30_000, what: "both replies" });
    await eventually(() => typesOf(order, events).length >= 2, { what: "both events" });
    return { told: typesOf(order, told), events: typesOf(order, events) };
  };
  const once = {
    told: ["PaymentCaptured", "PaymentRefunded"],
    events: ["PaymentCaptured", "PaymentRefunded"],
  };
  /** The provider has taken the money, and its answer is on its way: for as long as the test wants. */
  function holdFirstAnswer() {
    const [taken, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    provider.after = async () => {
      provider.after = async () => undefined;
      taken.resolve();
      await answer.promise;
    };
    return { taken: taken.promise, release: answer.resolve };
  }
  const calls = () => provider.calls.map(({ kind, key }) => `${kind} ${key.split("/").at(-1)}`);

  it("killed between call and outcome, with the compensation already there: one capture, one refund", async () => {
    const order = randomUUID();
    const { taken } = holdFirstAnswer();
    const first = await start();
    await around.broker.publish([captures(order), refunds(order)]);
    await taken;
    first.child.kill("SIGKILL");
    await first.ended;
    await start();
    assert.deepEqual(await outcome(order), once);
    assert.deepEqual(calls(), ["capture 1", "capture 1", "refund 1"]);
    assert.equal(new Set(provider.calls.slice(0, 2).map(({ key }) => key)).size, 1);
    assert.equal(provider.calls[2]?.forwardKey, provider.calls[0]?.key);
    assert.deepEqual([provider.captured.size, provider.refunded.size], [1, 1]);
  });

  it("paused in its call while another process takes over, and woken after the refund: nothing is done twice", async () => {
    const order = randomUUID();
    const { taken, release } = holdFirstAnswer();
    const first = await start();
    await around.broker.publish([captures(order), refunds(order)]);
    await taken;
    first.child.kill("SIGSTOP");
    await start();
    assert.deepEqual(await outcome(order), once);
    release();
    first.child.kill("SIGCONT");
    // Its partition is another's by now: it says so once it has come to the end of its call.
    await eventually(() => first.logged.some(({ level }) => Number(level) >= 40), { what: "the woken one's warning" });
    first.child.kill("SIGTERM");
    await first.ended;
    assert.deepEqual(await outcome(order), once);
    assert.deepEqual(calls(), ["capture 1", "capture 1", "refund 1"]);
  });
});
