import assert from "node:assert/strict";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { batchHandler } from "../../../../../templates/runtime/src/inbox/handle-batch.ts";
import { runOwed } from "../../../../../templates/runtime/src/saga/participant/owed.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { batchOf } from "../../inbox/delivery.ts";
import { captured, never, paidShop, refunded } from "./external.fixture.ts";
import { shopImplementation } from "./shop.fixture.ts";

describe("a saga's command that calls something outside (R19) and its compensation", () => {
  const paid = paidShop();
  const {
    captures,
    refunds,
    releases,
    handle,
    handleBy,
    captureThatIsLost,
    told,
    state,
    letters,
    row,
    timePasses,
    calls,
    key,
    capture,
    refund,
  } = paid;

  it("is given the forward's key, and undoes once", async () => {
    await handle(captures(), refunds(), refunds({ attempt: 2 }));
    assert.deepEqual(calls(), [capture(), refund()]);
    assert.deepEqual(await told(), [...captured, ...refunded, refunded[1]]);
  });

  it("is not called where the forward never came, and refuses it from then on", async () => {
    await handle(refunds(), captures());
    assert.deepEqual(calls(), []);
    assert.deepEqual(await told(), ["PaymentRefunded success 1 noop"]);
    assert.equal(paid.rig.refused.length, 1);
  });

  it("that finds nothing to undo is a success without an event", async () => {
    await captureThatIsLost();
    paid.provider.captured.clear();
    await timePasses();
    await handle(refunds());
    assert.deepEqual(await told(), ["PaymentRefunded success 1 noop"]);
    assert.deepEqual(await state(), []);
  });

  // Red when NotYetError's keeping is left out in external.ts: the row does not know of the compensation.
  it("that finds an open call writes its own intent at once, and waits for no attempt", async () => {
    await captureThatIsLost();
    const stop = new AbortController();
    const waited: number[] = [];
    const waiting = batchHandler(
      paid.rig.consumer(paid.shop, { observer: { notYet: (_, { afterMs }) => void waited.push(afterMs) } }),
    )(batchOf([refunds()], stop.signal));
    await eventually(async () => (await row())?.refused, { what: "the compensation's intent" });
    assert.equal(waited.length, 1);
    assert.ok(waited[0]! > never - 60_000 && waited[0]! <= never);
    stop.abort();
    await assert.rejects(waiting);
    assert.deepEqual(await letters(), []);
    // From now on no forward is called, whoever sends it again.
    await handle(captures(), captures({ round: 2 }));
    assert.deepEqual(calls(), [capture()]);
    assert.equal(paid.rig.refused.length, 2);
  });

  it("runs when the call's time is over by the database's clock, with the key to refuse", async () => {
    await captureThatIsLost();
    await timePasses();
    await handle(refunds());
    assert.deepEqual(calls(), [capture(), refund()]);
    assert.equal(paid.provider.refunded.size, 1);
    assert.deepEqual(await told(), refunded);
  });

  // Red without lookAgain in external.ts.
  it("that begins between a forward's intent and its call keeps the call from being made", async () => {
    let transactions = 0;
    const paused: Database = {
      ...paid.rig.database,
      async transaction(work, options) {
        const result = await paid.rig.database.transaction(work, options);
        // 1: the inbox's look. 2: the intent. Then this process is paused, and another handles the compensation.
        if (++transactions === 2) {
          const stop = new AbortController();
          const other = paid.rig.consumer(paid.shop, { name: "other", observer: { notYet: () => stop.abort() } });
          await assert.rejects(batchHandler(other)(batchOf([refunds()], stop.signal)));
        }
        return result;
      },
    };
    await handleBy(paused, captures());
    assert.deepEqual(await row(), { outcome: null, refused: true, again: false });
    assert.deepEqual(calls(), []);
    assert.equal(paid.rig.refused.length, 1);
  });

  // Red without `again` in conclude.ts: the money stays taken.
  it("is run again when the forward's outcome is committed after all", async () => {
    const answer = Promise.withResolvers<void>();
    paid.provider.captured.delete(key());
    paid.provider.before = async ({ kind }) => {
      if (kind === "capture") await answer.promise;
    };
    // A provider that breaks its promise: it takes the money for a key that it was told to refuse.
    const careless = shopImplementation(
      {
        ...paid.provider,
        async capture(id, context) {
          await paid.provider.capture(id, context);
          paid.provider.captured.add(context.idempotencyKey);
          return "captured";
        },
      },
      { limitMs: never },
    );
    const late = paid.rig.handle(careless, [captures()]);
    await eventually(() => paid.provider.calls.length === 1);
    await timePasses();
    await paid.rig.handle(paid.shop, [refunds()], { name: "other" });
    assert.deepEqual(await told(), ["PaymentRefunded success 1 noop"]);
    answer.resolve();
    await late;
    assert.deepEqual(calls(), [capture(), refund(), refund()]);
    assert.deepEqual([...paid.provider.refunded], [key()]);
    assert.deepEqual((await told()).slice(1), [...captured, ...refunded]);
  });

  it("is run again also when the process ends right after that outcome", async () => {
    const answer = Promise.withResolvers<void>();
    paid.provider.before = async ({ kind }) => {
      if (kind === "capture") await answer.promise;
    };
    paid.provider.refund = async (_, { idempotencyKey, forwardKey = "" }) => {
      paid.provider.calls.push({ kind: "refund", key: idempotencyKey, forwardKey });
      const undone = paid.provider.captured.has(forwardKey);
      if (undone) paid.provider.refunded.add(forwardKey);
      // The second time the process ends here.
      if (paid.provider.calls.length === 3)
        await paid.rig.database.query("SELECT pg_terminate_backend(pg_backend_pid())");
      return undone;
    };
    const record = captures();
    const late = assert.rejects(paid.rig.handle(paid.shop, [record]));
    await eventually(() => paid.provider.calls.length === 1);
    await timePasses();
    await paid.rig.handle(paid.shop, [refunds()], { name: "other" });
    answer.resolve();
    await late;
    assert.equal((await row())?.again, true);
    await handle(record);
    assert.deepEqual(calls(), [capture(), refund(), refund(), refund()]);
    assert.equal((await row())?.again, false);
    assert.deepEqual((await told()).slice(1), [...captured, ...refunded]);
  });

  // Red without the look of owed.ts: the forward's message is marked, and nothing else brings the compensation up.
  it("is run again also when that process ends, and another had refused the forward meanwhile", async () => {
    const answer = Promise.withResolvers<void>();
    paid.provider.before = async ({ kind }) => {
      if (kind === "capture") await answer.promise;
    };
    // Takes the money although it was told to refuse.
    const careless = shopImplementation(
      {
        async capture(id, context) {
          await paid.provider.capture(id, context);
          paid.provider.captured.add(context.idempotencyKey);
          return "captured";
        },
        async refund(id, context) {
          const undone = await paid.provider.refund(id, context);
          if (paid.provider.calls.length === 3)
            await paid.rig.database.query("SELECT pg_terminate_backend(pg_backend_pid())");
          return undone;
        },
      },
      { limitMs: never },
    );
    const record = captures();
    const late = assert.rejects(paid.rig.handle(careless, [record]));
    await eventually(() => paid.provider.calls.length === 1);
    await timePasses();
    // The partition has been taken over: both come to another member of the same consumer.
    await paid.rig.handle(paid.shop, [refunds(), record]);
    assert.equal(paid.rig.refused.length, 1);
    answer.resolve();
    await late;
    await handle(record);
    assert.equal((await row())?.again, true);
    const failures: unknown[] = [];
    const owed = (untouchedMs?: number) =>
      runOwed({
        participant: paid.rig.participant(paid.shop),
        database: paid.rig.database,
        signal: new AbortController().signal,
        failed: (_, error) => void failures.push(error),
        ...(untouchedMs === undefined ? {} : { untouchedMs }),
      });
    await owed();
    assert.equal((await row())?.again, true, "whoever is at it goes first");
    await owed(0);
    await owed(0);
    assert.deepEqual(failures, []);
    assert.deepEqual(calls(), [capture(), refund(), refund(), refund()]);
    assert.deepEqual((await told()).slice(1), [...captured, ...refunded]);
  });

  // Red when conclude.ts does not compare the forward's outcome with the one seen before the call.
  it("during whose call the forward's outcome comes makes its call again", async () => {
    const answer = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    let late: Promise<void> | undefined;
    paid.provider.before = async ({ kind }) => {
      if (kind === "capture") await answer.promise;
    };
    paid.provider.refund = async (_, { idempotencyKey, forwardKey = "" }) => {
      paid.provider.calls.push({ kind: "refund", key: idempotencyKey, forwardKey });
      const undone = paid.provider.captured.has(forwardKey);
      answer.resolve();
      await late;
      if (undone) paid.provider.refunded.add(forwardKey);
      asked.resolve();
      return undone;
    };
    late = paid.rig.handle(paid.shop, [captures()]);
    await eventually(() => paid.provider.calls.length === 1);
    await timePasses();
    await paid.rig.handle(paid.shop, [refunds()], { name: "other" });
    await asked.promise;
    assert.deepEqual(calls(), [capture(), refund(), refund()]);
    assert.deepEqual(await told(), [...captured, ...refunded]);
  });

  it("may be a plain command: then it waits for an open call just so, and is done once its outcome is there", async () => {
    await captureThatIsLost();
    const plain = releases({ step: "capture" });
    const stop = new AbortController();
    const observer = { notYet: () => stop.abort() };
    await assert.rejects(batchHandler(paid.rig.consumer(paid.shop, { observer }))(batchOf([plain], stop.signal)));
    assert.equal((await row())?.refused, true);
    await timePasses();
    // Nothing that it does reaches the provider, which has the money.
    await handle(plain);
    assert.deepEqual(await told(), []);
    await paid.rig.database.query("UPDATE public.saga_participant SET forward_outcome = 'success'");
    await handle(releases({ step: "capture", attempt: 2 }));
    assert.deepEqual(await told(), ["StockReleased", "StockReleased success 1"]);
  });
});
