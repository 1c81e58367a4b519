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

  // Removed once: `refuseOld` in trigger-consumer.ts. Then the order of last year is paid a second time.
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
