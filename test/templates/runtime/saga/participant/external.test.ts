import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { listDeadLetters, replayDeadLetter } from "../../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../../templates/runtime/src/inbox/handle-batch.ts";
import { runOwed } from "../../../../../templates/runtime/src/saga/participant/owed.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { batchOf } from "../../inbox/delivery.ts";
import { captures, refunds, releases, type ShopImplementation, shopRig } from "./rig.ts";
import { fakeProvider, shopImplementation } from "./shop.fixture.ts";

/** Long enough for no test to reach it, where it must not be. */
const never = 600_000;

describe("a saga's command that calls something outside (R19)", () => {
  let rig: Awaited<ReturnType<typeof shopRig>>;
  let order: string;
  let provider: ReturnType<typeof fakeProvider>;
  let shop: ShopImplementation;
  before(async () => {
    rig = await shopRig();
  });
  after(() => rig.drop());
  beforeEach(async () => {
    order = randomUUID();
    provider = fakeProvider();
    shop = shopImplementation(provider, { limitMs: never });
    rig.refused.length = 0;
    await rig.database.query("TRUNCATE public.dead_letter");
  });

  const handle = (...records: Parameters<typeof rig.handle>[1]) => rig.handle(shop, records);
  const letters = async () => (await listDeadLetters(rig.database)).map(({ error }) => error);
  const key = (round = 1) => `buying:${order}/capture/forward/${round}`;
  const calls = () =>
    provider.calls.map(({ kind, key, forwardKey }) => [kind, key, ...(forwardKey ? [forwardKey] : [])]);
  const capture = (round = 1) => ["capture", key(round)];
  const refund = (round = 1) => ["refund", `buying:${order}/capture/compensation/1`, key(round)];
  const captured = ["PaymentCaptured", "PaymentCaptured success 1"];
  const refunded = ["PaymentRefunded", "PaymentRefunded success 1"];
  const row = async () =>
    (
      await rig.database.query<{ outcome: string | null; refused: boolean; again: boolean }>(
        `SELECT forward_outcome AS outcome, forward_refused_at IS NOT NULL AS refused, compensation_again AS again
         FROM public.saga_participant WHERE saga_id = $1`,
        [`buying:${order}`],
      )
    ).rows[0];
  /** Moves the call's beginning so far into the past that it is over for everybody. */
  const timePasses = () =>
    rig.database.query(
      "UPDATE public.saga_participant SET forward_called_at = forward_called_at - interval '1 h' WHERE saga_id = $1",
      [`buying:${order}`],
    );
  /** A process that ends at the statement that `dies` knows: nothing of its transaction is committed. */
  const dying = (dies: (text: string) => boolean): Database => ({
    ...rig.database,
    transaction: (work, options) =>
      rig.database.transaction(
        (tx) =>
          work({
            async query(text, values) {
              if (dies(text)) await tx.query("SELECT pg_terminate_backend(pg_backend_pid())");
              return tx.query(text, values);
            },
          }),
        options,
      ),
  });
  const handleBy = (database: Database, record: Parameters<typeof batchOf>[0][number], implementation = shop) =>
    batchHandler(rig.consumer(implementation, {}, database))(batchOf([record]));
  /** The process ends between the call and its outcome. */
  const captureThatIsLost = (record = captures(order)) =>
    assert.rejects(
      handleBy(
        dying((text) => text.includes("public.outbox")),
        record,
      ),
    );

  it("commits its intent, calls outside any transaction with the key of R4, and records the event that came of it", async () => {
    provider.before = async () => {
      assert.deepEqual(await row(), { outcome: null, refused: false, again: false });
      const { count } = await rig.database.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
      );
      assert.equal(count, 0);
    };
    await handle(captures(order));
    assert.deepEqual(calls(), [capture()]);
    assert.deepEqual(await rig.told(order), captured);
    assert.deepEqual(await rig.state(order), ["PaymentCaptured"]);
    assert.equal((await rig.sent(order))[0]?.envelope.aggregateversion, "1");
  });

  it("is not called again for a duplicate, a resend, or a later round: the stored reply", async () => {
    const record = captures(order);
    await handle(record, record, captures(order, { attempt: 2 }), captures(order, { round: 2 }));
    assert.deepEqual(calls(), [capture()]);
    assert.deepEqual(await rig.told(order), [...captured, captured[1], captured[1]]);
  });

  it("that was declined may be called in a newer round, with that round's key", async () => {
    provider.declining = true;
    await handle(captures(order));
    provider.declining = false;
    await handle(captures(order, { round: 2 }));
    assert.deepEqual(calls(), [capture(1), capture(2)]);
    assert.deepEqual((await rig.told(order)).slice(2), ["PaymentCaptured", "PaymentCaptured success 2"]);
  });

  // Red when external.ts calls with a key of the attempt.
  it("whose process ended between call and outcome makes the same call again, with the same key", async () => {
    const record = captures(order);
    await captureThatIsLost(record);
    await handle(record);
    assert.deepEqual(calls(), [capture(), capture()]);
    assert.equal(provider.captured.size, 1);
    assert.deepEqual(await rig.told(order), captured);
  });

  it("that is sent again while its outcome is open makes the same call, also in a newer round", async () => {
    await captureThatIsLost();
    await handle(captures(order, { round: 2 }));
    assert.deepEqual(calls(), [capture(), capture()]);
    assert.deepEqual(await rig.told(order), captured);
  });

  it("that is retried by an operator after its success was lost captures once", async () => {
    await handle(captures(order));
    await rig.database.query("DELETE FROM public.outbox WHERE topic = 'buying.replies'");
    await handle(captures(order, { attempt: 6 }));
    assert.equal(provider.captured.size, 1);
    assert.deepEqual(await rig.told(order), captured);
  });

  it("that is called by two processes at once is recorded once", async () => {
    const both = Promise.withResolvers<void>();
    provider.before = async () => {
      if (provider.calls.length === 2) both.resolve();
      await both.promise;
    };
    await Promise.all([
      rig.handle(shop, [captures(order)]),
      rig.handle(shop, [captures(order, { attempt: 2 })], { name: "another process" }),
    ]);
    assert.deepEqual(calls(), [capture(), capture()]);
    assert.deepEqual(await rig.told(order), captured);
    assert.deepEqual(await rig.state(order), ["PaymentCaptured"]);
  });

  // Red when concludeForward does not compare the keys: the older answer is stored as the newer round's, whose own
  // success is then thrown away, and the money with it.
  it("of an older round that ends during the call of a newer one says nothing about that", async () => {
    const [older, newer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    provider.before = async () => {
      const nth = provider.calls.length;
      provider.declining = true;
      if (nth === 1) await older.promise;
      if (nth === 3) await newer.promise;
      provider.declining = nth !== 3;
    };
    const paused = handle(captures(order));
    await eventually(() => provider.calls.length === 1);
    await rig.handle(shop, [captures(order, { attempt: 2 })], { name: "another process" });
    const retried = rig.handle(shop, [captures(order, { round: 2 })], { name: "another process" });
    await eventually(() => provider.calls.length === 3);
    older.resolve();
    await paused;
    newer.resolve();
    await retried;
    assert.deepEqual(calls(), [capture(1), capture(1), capture(2)]);
    assert.deepEqual(await rig.told(order), [
      "PaymentDeclined",
      "PaymentDeclined failure 1",
      "PaymentCaptured",
      "PaymentCaptured success 2",
    ]);
  });

  it("that does not heed its signal is given up at its limit, and tried again", async () => {
    const hung = Promise.withResolvers<void>();
    provider.before = async () => {
      if (provider.calls.length === 1) await hung.promise;
    };
    await rig.handle(shopImplementation(provider, { limitMs: 20 }), [captures(order)]);
    hung.resolve();
    assert.deepEqual(calls(), [capture(), capture()]);
    assert.deepEqual(await rig.told(order), captured);
  });

  it("that leads to nothing the saga waits for is the author's mistake, and goes to the dead letters", async () => {
    const silent: ShopImplementation = {
      ...shop,
      commands: { ...shop.commands, CapturePayment: { call: async () => undefined } },
    };
    await rig.handle(silent, [captures(order)]);
    assert.deepEqual(await letters(), [
      "shop.CapturePayment must lead to shop.PaymentCaptured or shop.PaymentDeclined, and led to nothing",
    ]);
  });

  describe("and its compensation", () => {
    it("is given the forward's key, and undoes once", async () => {
      await handle(captures(order), refunds(order), refunds(order, { attempt: 2 }));
      assert.deepEqual(calls(), [capture(), refund()]);
      assert.deepEqual(await rig.told(order), [...captured, ...refunded, refunded[1]]);
    });

    it("is not called where the forward never came, and refuses it from then on", async () => {
      await handle(refunds(order), captures(order));
      assert.deepEqual(calls(), []);
      assert.deepEqual(await rig.told(order), ["PaymentRefunded success 1 noop"]);
      assert.equal(rig.refused.length, 1);
    });

    it("that finds nothing to undo is a success without an event", async () => {
      await captureThatIsLost();
      provider.captured.clear();
      await timePasses();
      await handle(refunds(order));
      assert.deepEqual(await rig.told(order), ["PaymentRefunded success 1 noop"]);
      assert.deepEqual(await rig.state(order), []);
    });

    // Red when NotYetError's keeping is left out in external.ts: the row does not know of the compensation.
    it("that finds an open call writes its own intent at once, and waits for no attempt", async () => {
      await captureThatIsLost();
      const stop = new AbortController();
      const waited: number[] = [];
      const waiting = batchHandler(
        rig.consumer(shop, { observer: { notYet: (_, { afterMs }) => void waited.push(afterMs) } }),
      )(batchOf([refunds(order)], stop.signal));
      await eventually(async () => (await row())?.refused, { what: "the compensation's intent" });
      assert.equal(waited.length, 1);
      assert.ok(waited[0]! > never - 60_000 && waited[0]! <= never);
      stop.abort();
      await assert.rejects(waiting);
      assert.deepEqual(await letters(), []);
      // From now on no forward is called, whoever sends it again.
      await handle(captures(order), captures(order, { round: 2 }));
      assert.deepEqual(calls(), [capture()]);
      assert.equal(rig.refused.length, 2);
    });

    it("runs when the call's time is over by the database's clock, with the key to refuse", async () => {
      await captureThatIsLost();
      await timePasses();
      await handle(refunds(order));
      assert.deepEqual(calls(), [capture(), refund()]);
      assert.equal(provider.refunded.size, 1);
      assert.deepEqual(await rig.told(order), refunded);
    });

    // Red without lookAgain in external.ts.
    it("that begins between a forward's intent and its call keeps the call from being made", async () => {
      let transactions = 0;
      const paused: Database = {
        ...rig.database,
        async transaction(work, options) {
          const result = await rig.database.transaction(work, options);
          // 1: the inbox's look. 2: the intent. Then this process is paused, and another handles the compensation.
          if (++transactions === 2) {
            const stop = new AbortController();
            const other = rig.consumer(shop, { name: "other", observer: { notYet: () => stop.abort() } });
            await assert.rejects(batchHandler(other)(batchOf([refunds(order)], stop.signal)));
          }
          return result;
        },
      };
      await handleBy(paused, captures(order));
      assert.deepEqual(await row(), { outcome: null, refused: true, again: false });
      assert.deepEqual(calls(), []);
      assert.equal(rig.refused.length, 1);
    });

    // Red without `again` in concludeForward of external.ts: the money stays taken.
    it("is run again when the forward's outcome is committed after all", async () => {
      const answer = Promise.withResolvers<void>();
      provider.captured.delete(key());
      provider.before = async ({ kind }) => {
        if (kind === "capture") await answer.promise;
      };
      // A provider that breaks its promise: it takes the money for a key that it was told to refuse.
      const careless = shopImplementation(
        {
          ...provider,
          async capture(id, context) {
            await provider.capture(id, context);
            provider.captured.add(context.idempotencyKey);
            return "captured";
          },
        },
        { limitMs: never },
      );
      const late = rig.handle(careless, [captures(order)]);
      await eventually(() => provider.calls.length === 1);
      await timePasses();
      await rig.handle(shop, [refunds(order)], { name: "other" });
      assert.deepEqual(await rig.told(order), ["PaymentRefunded success 1 noop"]);
      answer.resolve();
      await late;
      assert.deepEqual(calls(), [capture(), refund(), refund()]);
      assert.deepEqual([...provider.refunded], [key()]);
      assert.deepEqual((await rig.told(order)).slice(1), [...captured, ...refunded]);
    });

    it("is run again also when the process ends right after that outcome", async () => {
      const answer = Promise.withResolvers<void>();
      provider.before = async ({ kind }) => {
        if (kind === "capture") await answer.promise;
      };
      provider.refund = async (_, { idempotencyKey, forwardKey = "" }) => {
        provider.calls.push({ kind: "refund", key: idempotencyKey, forwardKey });
        const undone = provider.captured.has(forwardKey);
        if (undone) provider.refunded.add(forwardKey);
        // The second time the process ends here.
        if (provider.calls.length === 3) await rig.database.query("SELECT pg_terminate_backend(pg_backend_pid())");
        return undone;
      };
      const record = captures(order);
      const late = assert.rejects(rig.handle(shop, [record]));
      await eventually(() => provider.calls.length === 1);
      await timePasses();
      await rig.handle(shop, [refunds(order)], { name: "other" });
      answer.resolve();
      await late;
      assert.equal((await row())?.again, true);
      await handle(record);
      assert.deepEqual(calls(), [capture(), refund(), refund(), refund()]);
      assert.equal((await row())?.again, false);
      assert.deepEqual((await rig.told(order)).slice(1), [...captured, ...refunded]);
    });

    // Red without the look of owed.ts: the forward's message is marked, and nothing else brings the compensation up.
    it("is run again also when that process ends, and another had refused the forward meanwhile", async () => {
      const answer = Promise.withResolvers<void>();
      provider.before = async ({ kind }) => {
        if (kind === "capture") await answer.promise;
      };
      // Takes the money although it was told to refuse.
      const careless = shopImplementation(
        {
          async capture(id, context) {
            await provider.capture(id, context);
            provider.captured.add(context.idempotencyKey);
            return "captured";
          },
          async refund(id, context) {
            const undone = await provider.refund(id, context);
            if (provider.calls.length === 3) await rig.database.query("SELECT pg_terminate_backend(pg_backend_pid())");
            return undone;
          },
        },
        { limitMs: never },
      );
      const record = captures(order);
      const late = assert.rejects(rig.handle(careless, [record]));
      await eventually(() => provider.calls.length === 1);
      await timePasses();
      // The partition has been taken over: both come to another member of the same consumer.
      await rig.handle(shop, [refunds(order), record]);
      assert.equal(rig.refused.length, 1);
      answer.resolve();
      await late;
      await handle(record);
      assert.equal((await row())?.again, true);
      const failures: unknown[] = [];
      const owed = (untouchedMs?: number) =>
        runOwed({
          participant: rig.participant(shop),
          database: rig.database,
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
      assert.deepEqual((await rig.told(order)).slice(1), [...captured, ...refunded]);
    });

    // Red when concludeCompensation does not compare the forward's outcome with the one seen before the call.
    it("during whose call the forward's outcome comes makes its call again", async () => {
      const answer = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      let late: Promise<void> | undefined;
      provider.before = async ({ kind }) => {
        if (kind === "capture") await answer.promise;
      };
      provider.refund = async (_, { idempotencyKey, forwardKey = "" }) => {
        provider.calls.push({ kind: "refund", key: idempotencyKey, forwardKey });
        const undone = provider.captured.has(forwardKey);
        answer.resolve();
        await late;
        if (undone) provider.refunded.add(forwardKey);
        asked.resolve();
        return undone;
      };
      late = rig.handle(shop, [captures(order)]);
      await eventually(() => provider.calls.length === 1);
      await timePasses();
      await rig.handle(shop, [refunds(order)], { name: "other" });
      await asked.promise;
      assert.deepEqual(calls(), [capture(), refund(), refund()]);
      assert.deepEqual(await rig.told(order), [...captured, ...refunded]);
    });

    it("may be a plain command: then it waits for an open call just so", async () => {
      await captureThatIsLost();
      const plain = releases(order, { step: "capture" });
      const stop = new AbortController();
      const observer = { notYet: () => stop.abort() };
      await assert.rejects(batchHandler(rig.consumer(shop, { observer }))(batchOf([plain], stop.signal)));
      assert.equal((await row())?.refused, true);
      await timePasses();
      await handle(plain);
      assert.deepEqual(await rig.told(order), ["StockReleased", "StockReleased success 1"]);
    });
  });

  describe("whose provider can neither refuse nor tell", () => {
    const blind = () => shopImplementation(provider, { limitMs: never, canRefuse: false });

    // Red without canRefuse in judge.ts: the saga would be compensated although the money may be taken.
    it("leaves its compensation without a reply when the outcome stays open: the saga is stuck", async () => {
      await assert.rejects(
        handleBy(
          dying((text) => text.includes("public.outbox")),
          captures(order),
          blind(),
        ),
      );
      await timePasses();
      await rig.handle(blind(), [refunds(order)]);
      assert.match(
        (await letters())[0] ?? "",
        /the outcome of its step's call is open, and the provider can neither refuse/,
      );
      await rig.handle(blind(), [captures(order)]);
      assert.deepEqual(calls(), [capture()]);
      assert.equal(rig.refused.length, 1);
      assert.deepEqual(await rig.told(order), []);
    });

    it("is compensated like any other when its outcome is known", async () => {
      await rig.handle(blind(), [captures(order), refunds(order)]);
      assert.deepEqual(await rig.told(order), [...captured, ...refunded]);
    });
  });

  describe("and an operator's tombstone", () => {
    it("says nothing about an open call, which a retry then learns", async () => {
      await captureThatIsLost();
      await timePasses();
      await handle(captures(order, { purpose: "tombstone" }));
      assert.match((await letters())[0] ?? "", /the outcome of its call is open: retry the step to learn it/);
      await handle(captures(order, { attempt: 2 }), captures(order, { purpose: "tombstone" }));
      assert.deepEqual(await rig.told(order), [...captured, captured[1]]);
    });

    it("keeps it from being called", async () => {
      await handle(captures(order, { purpose: "tombstone" }), captures(order));
      assert.deepEqual(calls(), []);
      assert.deepEqual(await rig.told(order), ["PaymentDeclined refused 1"]);
    });
  });

  it("in the dead letters is called with the same key by a replay", async () => {
    provider.before = async () => {
      throw new Error("the provider is away");
    };
    await handle(captures(order));
    assert.deepEqual(await letters(), ["the provider is away"]);
    provider.before = async () => undefined;
    await replayDeadLetter(rig.database, (await listDeadLetters(rig.database))[0]!.id);
    await rig.replay(shop);
    assert.equal(new Set(provider.calls.map((call) => call.key)).size, 1);
    assert.deepEqual(await rig.told(order), captured);
  });
});
