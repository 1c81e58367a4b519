import assert from "node:assert/strict";
import { NotYetError } from "../../../../../templates/runtime/src/inbox/consumer-options.ts";
import { createInFlightLimit } from "../../../../../templates/runtime/src/saga/orchestrator/limit.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { scene } from "./scene.ts";

describe("the limit on sagas in flight", () => {
  const stage = scene({ max: 20 });
  beforeEach(() => stage.on.database.query("DELETE FROM public.saga"));
  const count = async () =>
    (await stage.on.database.query<{ count: number }>("SELECT count(*)::integer AS count FROM public.saga")).rows[0]!
      .count;
  /** Sagas that are there already. */
  const there = (number: number, stuck: boolean) =>
    stage.on.database.query(
      `INSERT INTO public.saga (id, saga, key, definition_hash, revision, status, stuck, state, trigger_fingerprint, trigger_id, correlationid)
       SELECT 'payment:there-' || n, 'payment', n::text, 'h', 1, 'running', $2, '{}', 'f', gen_random_uuid(), 'c'
       FROM generate_series(1, $1::integer) AS n`,
      [number, stuck],
    );

  // Removed once: `AND NOT stuck` in in-flight.sql.
  it("does not count a hundred that are stuck", async () => {
    const { orderId, id } = stage.order();
    await there(100, true);
    await stage.hosted({ limit: 3 });
    await stage.on.trigger(orderId);
    await stage.on.until(id, ({ status }) => status === "running");
  });

  // Removed once: `admit` and `limit.reserve` in trigger-consumer.ts. Then all of them begin.
  it("lets triggers wait in their topic, and the next one begin when a saga ends", async () => {
    const orders = Array.from({ length: 8 }, () => stage.order());
    const playing = await stage.play(() => undefined);
    await stage.hosted({ limit: 3 });
    for (const { orderId } of orders) await stage.on.trigger(orderId);
    await eventually(async () => (await count()) === 3);
    const positions = await stage.on.broker.positions("payment.trigger");
    assert.ok(
      positions.some(({ next, end }) => next < end),
      "the others are not taken from the topic",
    );
    const first = await eventually(() => playing.commands[0]);
    await stage.on.reply(first!, "failure");
    const ending = await eventually(() => playing.commands.find(({ sagastep }) => sagastep === "compensated"));
    assert.equal(await count(), 3);
    await stage.on.reply(ending!, "success");
    await eventually(async () => (await count()) === 4);
  });

  // Removed once: the advisory locks in limit.ts. Then both see two places free.
  it("holds for two that begin sagas at the same time", async () => {
    await there(1, false);
    const limit = createInFlightLimit(stage.on.database, "payment", 3);
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const first = stage.on.database.transaction(async (tx) => {
      await limit.reserve(tx, 2);
      await tx.query(
        `INSERT INTO public.saga SELECT 'payment:new-' || n, saga, key, definition_hash, revision, status, stuck, parked, state,
           log_length, trigger_fingerprint, trigger_id, correlationid FROM public.saga, generate_series(1, 2) AS n`,
      );
      begun.resolve();
      await go.promise;
    });
    await begun.promise;
    const second = stage.on.database.transaction((tx) => limit.reserve(tx, 2));
    second.catch(() => undefined);
    await eventually(async () => {
      const { rows } = await stage.on.database.query(
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
      );
      return rows.length === 1;
    });
    go.resolve();
    await first;
    await assert.rejects(second, (error) => error instanceof NotYetError);
    const another = createInFlightLimit(stage.on.database, "loyalty", 3);
    await stage.on.database.transaction((tx) => another.reserve(tx, 3));
  });

  // Removed once: `admitted.sum()` in limit.ts. Then each partition is admitted what is free, and nearly all come again.
  it("admits what is free to the partitions of a process together, until it is decided what became of it", async () => {
    const { signal } = new AbortController();
    const limit = createInFlightLimit(stage.on.database, "loyalty", 3);
    assert.deepEqual(await Promise.all([limit.admit(2, signal), limit.admit(5, signal)]), [2, 1]);
    const next = limit.admit(5, signal);
    limit.decided();
    limit.decided();
    assert.equal(await next, 2);
  });

  it("lets many begin side by side while more than half of it is free, and one at a time after that", async () => {
    const limit = createInFlightLimit(stage.on.database, "payment", 64);
    const { signal } = new AbortController();
    assert.equal(await limit.admit(200, signal), 2, "a sixteenth of half of it");
    await stage.on.database.transaction(async (tx) => {
      await limit.reserve(tx, 2);
      await stage.on.database.transaction((another) => limit.reserve(another, 2));
    });
    await there(40, false);
    let times = 0;
    await stage.on.database.transaction(async (tx) => {
      times++;
      await limit.reserve(tx, 2);
      const { rows } = await tx.query(
        "SELECT FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND pid = pg_backend_pid()",
      );
      assert.equal(rows.length, 1);
    });
    assert.equal(times, 2, "it was further away when they were admitted");
    assert.equal(await limit.admit(200, signal), 24);
  });

  // Red when `reserve` does not ask for a place: each of them sees the limit half free, and together they are over it.
  it("lets no more begin side by side than fit into the half that is free", async () => {
    const limit = createInFlightLimit(stage.on.database, "payment", 64);
    assert.equal(await limit.admit(200, new AbortController().signal), 2);
    const all = Promise.withResolvers<void>();
    const reserving = Array.from({ length: 17 }, () => Promise.withResolvers<"reserved" | "refused">());
    const transactions = reserving.map(({ resolve }) =>
      stage.on.database
        .transaction(
          async (tx) => {
            await limit.reserve(tx, 2);
            resolve("reserved");
            await all.promise;
          },
          { attempts: 1 },
        )
        .catch(() => resolve("refused")),
    );
    const outcomes = await Promise.all(reserving.map(({ promise }) => promise));
    all.resolve();
    await Promise.all(transactions);
    assert.equal(outcomes.filter((outcome) => outcome === "reserved").length, 16);
  });
});
