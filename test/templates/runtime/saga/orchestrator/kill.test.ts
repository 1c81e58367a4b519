import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { seededRandom } from "../../../../../templates/runtime/src/faults/random.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { stageName } from "./participants.ts";
import { scene } from "./scene.ts";

const stagesTo = {
  completed: ["reserve-stock", "screen-fraud", "capture-payment", "completed"],
  "screen-fraud": ["reserve-stock", "screen-fraud", "reserve-stock compensation", "compensated"],
  "capture-payment": ["reserve-stock", "screen-fraud", "capture-payment", "reserve-stock compensation", "compensated"],
} as const;

/** The moments that differ for those who go on, and what it does next in each. */
const killedBefore = {
  "before it stores a transition": "UPDATE public.saga s",
  "between a transition and its commands": "INSERT INTO public.outbox (",
  "before it publishes a command": "broker.publish",
  "between publishing a command and marking it": "WITH unflushed AS",
} as const;

describe("an orchestrator's process", () => {
  const stage = scene();
  const children: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child);
  });

  async function kill(child: ChildProcess): Promise<void> {
    const gone = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
    child.kill("SIGKILL");
    await gone;
  }
  /** Started, or, where it is to hold, holding. */
  async function processOf(environment: Record<string, string> = {}): Promise<ChildProcess> {
    const child = fork(path.join(import.meta.dirname, "orchestrator-process.mts"), {
      env: { ...process.env, DATABASE_URL: stage.on.url, BROKER_URL: stage.on.brokerUrl, ...environment },
    });
    children.push(child);
    await said(child, "started");
    return child;
  }
  const said = (child: ChildProcess, what: string) =>
    new Promise<void>((resolve) => {
      const listener = (message: unknown) => {
        if (message !== what) return;
        child.off("message", listener);
        resolve();
      };
      child.on("message", listener);
    });

  // Removed once: `AND s.revision = m.seen` in store.sql. Then the woken one takes the saga forward again.
  it("paused in the middle of a transition changes nothing when it wakes up: the saga has moved on", async () => {
    const { orderId, id } = stage.order();
    const playing = await stage.play(({ sagastep, sagadirection }) =>
      sagastep === "reserve-stock" && sagadirection === "forward" ? undefined : "success",
    );
    const child = await processOf({ HOLD_BEFORE: "UPDATE public.saga s", HOLD_FOR: "screen-fraud", TIMERS: "off" });
    await stage.on.trigger(orderId);
    const command = await eventually(() => playing.commands.find(({ key }) => key === id));
    const holding = said(child, "holding");
    await stage.on.reply(command!, "success");
    await holding;
    child.kill("SIGSTOP");
    await stage.hosted({ instance: "other" });
    await stage.on.database.query("UPDATE public.saga_timer SET due_at = clock_timestamp() WHERE kind = 'deadline'");
    await stage.on.until(id, ({ status }) => status === "compensating");
    child.send("go on");
    child.kill("SIGCONT");
    await stage.on.until(id, ({ status }) => status === "compensated");
    await eventually(async () => (await stage.on.log(id)).some((entry) => entry.startsWith("late-reply-ignored")));
    assert.deepEqual(playing.stages(id), ["reserve-stock", "reserve-stock compensation", "compensated"]);
  });

  // Red when nothing ends the transaction of one that is paused: the others wait for its lock.
  it("paused with its transition written and not committed holds up the others no longer than its server lets it", async () => {
    const { orderId, id } = stage.order();
    const playing = await stage.play(({ sagastep }) => (sagastep === "reserve-stock" ? undefined : "success"));
    const child = await processOf({
      HOLD_BEFORE: "INSERT INTO public.saga_log",
      HOLD_FOR: "screen-fraud",
      TIMERS: "off",
      IDLE_MS: "1000",
    });
    await stage.on.trigger(orderId);
    const command = await eventually(() => playing.commands.find(({ key }) => key === id));
    const holding = said(child, "holding");
    await stage.on.reply(command!, "success");
    await holding;
    child.kill("SIGSTOP");
    await stage.hosted({ instance: "other" });
    await stage.on.until(id, ({ status }) => status === "completed");
    const refused = said(child, "refused");
    child.send("go on");
    child.kill("SIGCONT");
    await refused;
    const stages = playing.commands.filter(({ key }) => key === id).map(stageName);
    assert.deepEqual(stages, ["reserve-stock", "screen-fraud", "capture-payment", "completed"]);
  });

  it("killed in the middle of compensation leaves the same step to the next: nothing skipped, nothing twice", async () => {
    const { orderId, id } = stage.order();
    const playing = await stage.play(({ sagastep }) => (sagastep === "screen-fraud" ? "failure" : "success"));
    // After the first compensation has been answered, before that is stored.
    const child = await processOf({ HOLD_BEFORE: "UPDATE public.saga s", HOLD_FOR: "compensated" });
    const holding = said(child, "holding");
    await stage.on.trigger(orderId);
    await holding;
    assert.equal((await stage.on.state(id))?.state.steps["reserve-stock"]?.compensation?.status, "waiting");
    await kill(child);
    await stage.hosted({ instance: "next" });
    await stage.on.until(id, ({ status }) => status === "compensated");
    const stages = playing.commands.filter(({ key }) => key === id).map(stageName);
    assert.deepEqual(stages, [...new Set(stages)], "no command comes twice");
    assert.deepEqual(stages.slice(-2), ["reserve-stock compensation", "compensated"]);
  });

  // Red when due-timers.sql is given this process's time to compare with.
  for (const [how, hours] of [
    ["ahead", 2],
    ["behind", -2],
  ] as const)
    it(`whose clock is ${how} fires timers by the database's time (R8)`, async () => {
      const [due, notYet] = [stage.order(), stage.order()];
      await processOf({ CLOCK_AHEAD_MS: `${hours * 3_600_000}` });
      for (const { orderId } of [due, notYet]) await stage.on.trigger(orderId);
      for (const { id } of [due, notYet]) await stage.on.until(id, () => true);
      await stage.on.database.query(
        "UPDATE public.saga_timer SET due_at = clock_timestamp() WHERE kind = 'deadline' AND saga_id = $1",
        [due.id],
      );
      await stage.on.until(due.id, ({ status }) => status === "compensating");
      assert.equal((await stage.on.state(notYet.id))?.status, "running");
    });

  it("shares the work with another one, by partitions", async () => {
    const orders = Array.from({ length: 60 }, () => stage.order());
    await stage.play(() => "success");
    await processOf();
    const { news } = await stage.hosted({ instance: "second" });
    await Promise.all(orders.map(({ orderId }) => stage.on.trigger(orderId)));
    for (const { id } of orders) await stage.on.until(id, ({ status }) => status === "completed");
    const { rows } = await stage.on.database.query<{ count: number }>(
      "SELECT count(*)::integer AS count FROM public.saga_log WHERE what = 'started' AND saga_id = ANY ($1)",
      [orders.map(({ id }) => id)],
    );
    assert.equal(rows[0]?.count, orders.length);
    const here = news.filter(({ type }) => type === "ended").length;
    assert.ok(here > 0 && here < orders.length, `${here} of ${orders.length} ended here`);
  });

  // Red when writeMoves commits before it writes the commands: the saga waits for one that was never sent; when relayPass
  // marks before it sends, or mints ids as it sends.
  const random = seededRandom(3);
  for (const [when, statement] of Object.entries(killedBefore)) {
    const nth = 2 + Math.floor(random() * 4);
    it(`killed ${when}, the time number ${nth}, while another one shares its sagas: each ends once, as it would have`, async () => {
      const ends = ["completed", "screen-fraud", "capture-payment"] as const;
      const orders = Array.from({ length: 30 }, (_, at) => ({ ...stage.order(), end: ends[at % ends.length]! }));
      const endOf = new Map(orders.map(({ id, end }) => [id, end as string]));
      const playing = await stage.play(({ sagaid = "", sagastep }) =>
        sagastep === endOf.get(sagaid) && sagastep !== "completed" ? "failure" : "success",
      );
      const other = await stage.hosted({ instance: "other" });
      const killed = await processOf({ INSTANCE: "killed", KILL_BEFORE: statement, KILL_AT: `${nth}` });
      const gone = once(killed, "exit");
      for (const { orderId } of orders) await stage.on.trigger(orderId);
      assert.deepEqual(await gone, [null, "SIGKILL"]);
      for (const { id, end } of orders) {
        await stage.on.until(id, ({ status }) => status === (end === "completed" ? "completed" : "compensated"));
      }
      const here = other.news.filter(({ type }) => type === "moved").length;
      const { rows } = await stage.on.database.query<{ moves: bigint; gaps: bigint; starts: bigint }>(
        `SELECT (SELECT sum(revision) FROM public.saga WHERE id = ANY ($1))::bigint AS moves,
                count(*) FILTER (WHERE what = 'started') AS starts,
                (SELECT sum(log_length) FROM public.saga WHERE id = ANY ($1))::bigint - count(*) AS gaps
         FROM public.saga_log WHERE saga_id = ANY ($1)`,
        [[...endOf.keys()]],
      );
      const [{ moves, gaps, starts } = { moves: 0n, gaps: 0n, starts: 0n }] = rows;
      assert.deepEqual([gaps, starts], [0n, BigInt(orders.length)]);
      assert.ok(
        here > 0 && BigInt(here) < moves,
        `${here} of ${moves} moves are the other one's: the killed one had its share`,
      );
      for (const { id, end } of orders) {
        const commands = playing.commands.filter(({ key }) => key === id);
        const ids = Map.groupBy(commands, stageName);
        assert.deepEqual([...ids.keys()], stagesTo[end], `${id} in order`);
        for (const [name, copies] of ids) {
          assert.equal(
            new Set(copies.map((copy) => copy.id)).size,
            1,
            `${id}: ${name} is one command, sent twice perhaps`,
          );
        }
      }
    });
  }
});
