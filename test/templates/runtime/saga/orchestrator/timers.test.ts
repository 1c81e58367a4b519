import assert from "node:assert/strict";
import type { DueTimer } from "../../../../../templates/runtime/src/saga/orchestrator/timers.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { stageName } from "./participants.ts";
import { paymentSaga } from "./saga-host.ts";
import { scene } from "./scene.ts";

describe("the timers of sagas", () => {
  const stage = scene();
  const timers = async (id: string) =>
    (
      await stage.on.database.query<{ name: string; armed: boolean }>(
        "SELECT concat_ws(' ', kind, step) AS name, due_at IS NOT NULL AS armed FROM public.saga_timer WHERE saga_id = $1 ORDER BY kind, step",
        [id],
      )
    ).rows;
  const setTimer = (id: string, kind: string, step: string, attempt: number, dueInMs: number) =>
    stage.on.database.query(
      `INSERT INTO public.saga_timer (saga_id, kind, step, direction, round, attempt, delay_ms, due_at)
       VALUES ($1, $2, $3, 'forward', 1, $4, 0, clock_timestamp() + $5::bigint * interval '1 ms')`,
      [id, kind, step, attempt, dueInMs],
    );

  // Removed once: `CASE WHEN t.message_id IS NULL THEN` in set-timers.sql. Then the clock runs while the command waits.
  it("start an attempt's clock when its command has left, and not before", async () => {
    const { orderId, id } = stage.order();
    const definition = paymentSaga({ timeout: "150ms" });
    const waiting = await stage.hosted({ definition, relay: false });
    await stage.on.trigger(orderId);
    await eventually(async () => (await timers(id)).length === 2);
    assert.deepEqual(await timers(id), [
      { name: "deadline ", armed: true },
      { name: "timeout reserve-stock", armed: false },
    ]);
    await waiting.stop();
    await stage.hosted({ definition });
    const { state } = await stage.on.until(id, ({ status }) => status === "compensating");
    assert.equal(state.steps["reserve-stock"]?.forward?.status, "unknown");
    assert.ok((await stage.on.log(id)).includes("timed-out reserve-stock"));
  });

  // Removed once: `onPublished` of the relay in saga-host.ts, as in messaging.ts. Then no attempt ever times out.
  it("never run for a command whose relay does not say that it has left", async () => {
    const { orderId, id } = stage.order();
    const playing = await stage.play(() => undefined);
    await stage.hosted({ definition: paymentSaga({ timeout: "20ms" }), arms: false });
    await stage.on.trigger(orderId);
    await eventually(() => playing.commands.some(({ key }) => key === id));
    await eventually(async () => (await stage.on.database.query("SELECT FROM public.outbox")).rows.length === 0);
    assert.deepEqual((await timers(id)).at(-1), { name: "timeout reserve-stock", armed: false });
  });

  it("retry an unknown attempt in its round, by the same key and with another message id", async () => {
    const { orderId, id } = stage.order();
    const playing = await stage.play(({ sagaattempt = 0 }) => (sagaattempt >= 3 ? "success" : undefined));
    // More attempts than are needed: on a busy machine an answer may come after its time.
    const retry = { attempts: 50, initial: "5ms", multiplier: 1, jitter: "none" } as const;
    await stage.hosted({ definition: paymentSaga({ timeout: "100ms", retry }) });
    await stage.on.trigger(orderId);
    await stage.on.until(id, ({ status }) => status === "completed");
    const first = playing.commands.filter(({ key, sagastep }) => key === id && sagastep === "reserve-stock");
    assert.deepEqual(
      first.slice(0, 3).map(({ sagaattempt }) => sagaattempt),
      [1, 2, 3],
    );
    assert.deepEqual(
      new Set(first.map(({ idempotencykey }) => idempotencykey)),
      new Set([`${id}/reserve-stock/forward/1`]),
    );
    assert.equal(new Set(first.map((command) => command.id)).size, first.length);
  });

  // Red when loadSubjects forgets at which attempt a stage is (`attempt: 1`): it is asked more often than it may be.
  it("count attempts on across a restart", async () => {
    const { orderId, id } = stage.order();
    const playing = await stage.play(({ sagastep }) => (sagastep === "reserve-stock" ? undefined : "success"));
    const retry = { attempts: 3, initial: "5ms", multiplier: 1, jitter: "none" } as const;
    const definition = paymentSaga({ timeout: "300ms", retry });
    const attempts = () => playing.commands.filter((each) => each.key === id && stageName(each) === "reserve-stock");
    const before = await stage.hosted({ definition });
    await stage.on.trigger(orderId);
    await eventually(() => attempts().length === 2);
    await before.stop();
    const left = (await stage.on.state(id))!;
    assert.equal(left.status, "running");
    await stage.hosted({ definition });
    await stage.on.until(id, ({ status }) => status === "compensating");
    const sent = new Map(attempts().map((command) => [command.id, command.sagaattempt]));
    assert.deepEqual([...sent.values()], [1, 2, 3]);
  });

  // Red when the machine does not look at where its stage stands (saga/timers.ts).
  it("do nothing when the state has moved on, and never create a saga", async () => {
    const { orderId, id } = stage.order();
    const playing = await stage.play(({ sagastep }) => (sagastep === "reserve-stock" ? "success" : undefined));
    const { news } = await stage.hosted();
    await stage.on.trigger(orderId);
    const before = await stage.on.until(id, ({ state }) => state.steps["screen-fraud"] !== undefined);
    await setTimer(id, "timeout", "reserve-stock", 1, -1_000);
    await setTimer(id, "backoff", "screen-fraud", 1, -1_000);
    await setTimer("payment:nobody", "deadline", "", 0, -1_000);
    await eventually(async () => !(await timers(id)).some(({ name }) => /timeout reserve|backoff/.test(name)));
    assert.deepEqual(await stage.on.state(id), before);
    assert.equal(await stage.on.state("payment:nobody"), undefined);
    assert.deepEqual(playing.stages(id), ["reserve-stock", "screen-fraud"]);
    assert.ok(!news.some(({ type }) => type === "timer-fired"));
  });

  it("are shared by two processes: each fires once", async () => {
    const orders = Array.from({ length: 40 }, () => stage.order());
    const hosts = [
      await stage.hosted({ instance: "one", timers: { batch: 5 } }),
      await stage.hosted({ instance: "two", timers: { batch: 5 } }),
    ];
    for (const { orderId } of orders) await stage.on.trigger(orderId);
    for (const { id } of orders) await stage.on.until(id, () => true);
    await stage.on.database.query("UPDATE public.saga_timer SET due_at = clock_timestamp() WHERE kind = 'deadline'");
    for (const { id } of orders) await stage.on.until(id, ({ status }) => status === "compensating");
    await eventually(() => fired().length >= orders.length);
    assert.deepEqual(fired().toSorted(), orders.map(({ id }) => id).toSorted());
    function fired(): readonly string[] {
      return hosts.flatMap(({ news }) => news.filter(({ type }) => type === "timer-fired").map(({ id }) => id));
    }
  });

  // Removed once: `SKIP LOCKED` in due-timers.sql. Then the other saga's timer waits behind the one that is held.
  it("pass over a saga that somebody else is moving, and come back to it", async () => {
    const [held, free] = [stage.order(), stage.order()];
    await stage.hosted();
    for (const { orderId } of [held, free]) await stage.on.trigger(orderId);
    for (const { id } of [held, free]) await stage.on.until(id, () => true);
    await stage.on.database.transaction(async (tx) => {
      await tx.query("SELECT FROM public.saga WHERE id = $1 FOR UPDATE", [held.id]);
      await stage.on.database.query("UPDATE public.saga_timer SET due_at = clock_timestamp() WHERE kind = 'deadline'");
      await stage.on.until(free.id, ({ status }) => status === "compensating");
      assert.equal((await stage.on.state(held.id))?.status, "running");
    });
    await stage.on.until(held.id, ({ status }) => status === "compensating");
  });

  // Removed once: `fireAlone` for each of a batch that has failed. Then the good one waits for ever.
  it("hold up no other when one of them cannot be carried out", async () => {
    const [bad, good] = [stage.order(), stage.order()];
    const failed: DueTimer[] = [];
    await stage.hosted({ timers: { observer: { failed: (timer) => void failed.push(timer) } } });
    for (const { orderId } of [bad, good]) await stage.on.trigger(orderId);
    for (const { id } of [bad, good]) await stage.on.until(id, () => true);
    await stage.on.database.query("UPDATE public.saga SET definition_hash = 'lost' WHERE id = $1", [bad.id]);
    await stage.on.database.query("UPDATE public.saga_timer SET due_at = clock_timestamp() WHERE kind = 'deadline'");
    await stage.on.until(good.id, ({ status }) => status === "compensating");
    await eventually(() => failed.some(({ sagaId }) => sagaId === bad.id));
    const { rows } = await stage.on.database.query(
      "SELECT FROM public.saga_timer WHERE saga_id = $1 AND kind = 'deadline' AND due_at > clock_timestamp()",
      [bad.id],
    );
    assert.equal(rows.length, 1, "it is tried again later");
    await stage.on.database.query("DELETE FROM public.saga WHERE id = $1", [bad.id]);
  });
});
