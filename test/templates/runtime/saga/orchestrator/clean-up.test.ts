import assert from "node:assert/strict";
import { replayDeadLetter } from "../../../../../templates/runtime/src/inbox/dead-letters.ts";
import { cleanUpSagas } from "../../../../../templates/runtime/src/saga/orchestrator/clean-up.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { scene } from "./scene.ts";

const DAY_MS = 86_400_000;

describe("sagas of long ago", () => {
  const stage = scene();
  const count = async (table: string, id: string) =>
    (
      await stage.on.database.query(`SELECT FROM public.${table} WHERE ${table === "saga" ? "id" : "saga_id"} = $1`, [
        id,
      ])
    ).rows.length;

  it("are forgotten with their logs and timers, once they have ended; stuck ones never", async () => {
    const [ended, open] = [stage.order(), stage.order()];
    await stage.play(({ key }) => (key === ended.id ? "success" : undefined));
    await stage.hosted({ timers: false });
    for (const { orderId } of [ended, open]) await stage.on.trigger(orderId);
    await stage.on.until(ended.id, ({ status }) => status === "completed");
    await stage.on.until(open.id, () => true);
    await stage.on.database.query(
      `UPDATE public.saga SET started_at = clock_timestamp() - interval '1 year',
         updated_at = clock_timestamp() - interval '1 year', stuck = ended_at IS NULL, ended_at = ended_at - interval '1 year'`,
    );
    assert.equal(await cleanUpSagas(stage.on.database, 400 * DAY_MS), 0);
    assert.equal(await cleanUpSagas(stage.on.database, 90 * DAY_MS), 1);
    const left = async (id: string) =>
      Promise.all(["saga", "saga_log", "saga_timer"].map(async (table) => (await count(table, id)) > 0));
    assert.deepEqual(await left(ended.id), [false, false, false]);
    assert.deepEqual(await left(open.id), [true, true, true]);
  });

  // Removed once: `withSince` in write-moves.ts. A participant that has forgotten the step would take its compensation
  // for one that has nothing to undo.
  it("that go on after all say in their commands since when a step is asked for", async () => {
    const [old, young] = [stage.order(), stage.order()];
    const playing = await stage.play(({ key, sagastep, sagadirection }) =>
      sagastep === "screen-fraud" && key === old.id
        ? undefined
        : sagastep === "screen-fraud" && sagadirection === "forward"
          ? "failure"
          : "success",
    );
    await stage.hosted({ timers: false });
    for (const { orderId } of [old, young]) await stage.on.trigger(orderId);
    await stage.on.until(young.id, ({ status }) => status === "compensated");
    const waiting = await eventually(() =>
      playing.commands.find(({ key, sagastep }) => key === old.id && sagastep === "screen-fraud"),
    );
    const long = "- interval '100 days'";
    await stage.on.database.query(`UPDATE public.saga SET started_at = started_at ${long}`);
    await stage.on.database.query(`UPDATE public.saga_log SET at = at ${long}`);
    await stage.on.reply(waiting!, "failure");
    await stage.on.until(old.id, ({ status }) => status === "compensated");
    const daysOf = (id: string) =>
      playing.commands
        .filter(({ key }) => key === id)
        .map(({ sagastep, sagasince }) => [
          sagastep,
          sagasince === undefined ? undefined : Math.round((Date.now() - Date.parse(sagasince)) / DAY_MS),
        ]);
    assert.deepEqual(daysOf(old.id), [
      ["reserve-stock", undefined],
      ["screen-fraud", undefined],
      ["reserve-stock", 100],
      ["compensated", 0],
    ]);
    assert.ok(daysOf(young.id).every(([, days]) => days === undefined));
  });

  // Removed once: `refuseForgotten` in trigger-consumer.ts. Then the order of last year is paid a second time.
  it("do not begin again at a trigger that is replayed, not even from the dead letters", async () => {
    const { orderId, id } = stage.order();
    const [undated, later] = [stage.order(), stage.order()];
    await stage.hosted();
    const time = new Date(Date.now() - 365 * DAY_MS).toISOString();
    await stage.on.trigger(orderId, { envelope: { time } });
    await stage.on.trigger(undated.orderId, { envelope: { time: "last year" } });
    await stage.on.trigger(later.orderId);
    await stage.on.until(later.id, () => true);
    assert.equal(await stage.on.state(undated.id), undefined);
    const letter = async () =>
      (
        await stage.on.database.query<{ id: bigint; status: string; attempts: number; error: string }>(
          "SELECT id, status, attempts, error FROM public.dead_letter WHERE consumer = 'payment.trigger' ORDER BY id",
        )
      ).rows[0];
    const found = (await eventually(letter))!;
    assert.match(found.error, /kept for 90 days: nobody can tell whether it has had its saga already/);
    await replayDeadLetter(stage.on.database, found.id);
    await eventually(letter, { until: (now) => now?.status === "failed" && now.attempts > found.attempts });
    assert.equal(await stage.on.state(id), undefined);
  });
});
