import assert from "node:assert/strict";
import {
  type Ground,
  ground,
  type Host,
  type HostOptions,
  host,
  type Participants,
  participants,
  type Script,
} from "./running-saga.ts";

const forward = ["reserve-stock", "screen-fraud", "capture-payment"];

describe("the orchestrator of a saga", () => {
  let on: Ground;
  const hosts: Host[] = [];
  const played: Participants[] = [];
  beforeEach(async () => {
    on = await ground();
  });
  afterEach(async () => {
    for (const each of hosts.splice(0)) await each.stop();
    for (const each of played.splice(0)) await each.close();
    await on.close();
  });
  async function hosted(options?: HostOptions): Promise<Host> {
    const started = await host(on, options);
    hosts.push(started);
    return started;
  }
  async function play(script: Script): Promise<Participants> {
    const playing = await participants(on.broker, script);
    played.push(playing);
    return playing;
  }

  it("takes a saga through its steps to its end, each caused by the reply before", async () => {
    const playing = await play(() => "success");
    const { news } = await hosted();
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const triggerId = await on.trigger("4711", { envelope: { correlationid: "shop-1", traceparent } });
    await on.until("payment:4711", ({ status }) => status === "completed");
    assert.deepEqual(playing.stages("payment:4711"), [...forward, "completed"]);
    const [first] = playing.commands;
    assert.equal(first?.causationid, triggerId);
    for (const { correlationid, traceparent: trace, key } of playing.commands) {
      assert.equal(correlationid, "shop-1");
      assert.equal(trace?.slice(3, 35), "a".repeat(32));
      assert.equal(key, "payment:4711");
    }
    assert.equal(new Set(playing.commands.map(({ causationid }) => causationid)).size, 4);
    assert.deepEqual(
      news.filter(({ type }) => type === "started" || type === "ended").map(({ type }) => type),
      ["started", "ended"],
    );
    const { rows } = await on.database.query("SELECT FROM public.saga_timer");
    assert.equal(rows.length, 0, "an ended saga waits for nothing");
  });

  it("compensates in reverse order what had been done before a refusal", async () => {
    const playing = await play(({ sagastep }) => (sagastep === "screen-fraud" ? "failure" : "success"));
    await hosted();
    await on.trigger("4711");
    const { state } = await on.until("payment:4711", ({ status }) => status === "compensated");
    assert.deepEqual(playing.stages("payment:4711"), [
      "reserve-stock",
      "screen-fraud",
      "reserve-stock compensation",
      "compensated",
    ]);
    assert.equal(state.failure?.step, "screen-fraud");
  });
});
