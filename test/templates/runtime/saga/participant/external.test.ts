import assert from "node:assert/strict";
import { listDeadLetters, replayDeadLetter } from "../../../../../templates/runtime/src/inbox/dead-letters.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { captured, never, paidShop, refunded } from "./external.fixture.ts";
import type { ShopImplementation } from "./rig.ts";
import { shopImplementation } from "./shop.fixture.ts";

describe("a saga's command that calls something outside (R19)", () => {
  const paid = paidShop();
  const { captures, refunds, handle, captureThatIsLost, told, sent, state, letters, row, timePasses, calls, capture } =
    paid;

  it("commits its intent, calls outside any transaction with the key of R4, and records the event that came of it", async () => {
    paid.provider.before = async () => {
      assert.deepEqual(await row(), { outcome: null, refused: false, again: false });
      const { count } = await paid.rig.database.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
      );
      assert.equal(count, 0);
    };
    await handle(captures());
    assert.deepEqual(calls(), [capture()]);
    assert.deepEqual(await told(), captured);
    assert.deepEqual(await state(), ["PaymentCaptured"]);
    assert.equal((await sent())[0]?.envelope.aggregateversion, "1");
  });

  it("is not called again for a duplicate, a resend, or a later round: the stored reply", async () => {
    const record = captures();
    await handle(record, record, captures({ attempt: 2 }), captures({ round: 2 }));
    assert.deepEqual(calls(), [capture()]);
    assert.deepEqual(await told(), [...captured, captured[1], captured[1]]);
  });

  it("that was declined may be called in a newer round, with that round's key", async () => {
    paid.provider.declining = true;
    await handle(captures());
    paid.provider.declining = false;
    await handle(captures({ round: 2 }));
    assert.deepEqual(calls(), [capture(1), capture(2)]);
    assert.deepEqual((await told()).slice(2), ["PaymentCaptured", "PaymentCaptured success 2"]);
  });

  // Red when external.ts calls with a key of the attempt.
  it("whose process ended between call and outcome makes the same call again, with the same key", async () => {
    const record = captures();
    await captureThatIsLost(record);
    await handle(record);
    assert.deepEqual(calls(), [capture(), capture()]);
    assert.equal(paid.provider.captured.size, 1);
    assert.deepEqual(await told(), captured);
  });

  it("that is sent again while its outcome is open makes the same call, also in a newer round", async () => {
    await captureThatIsLost();
    await handle(captures({ round: 2 }));
    assert.deepEqual(calls(), [capture(), capture()]);
    assert.deepEqual(await told(), captured);
  });

  it("that is retried by an operator after its success was lost captures once", async () => {
    await handle(captures());
    await paid.rig.database.query("DELETE FROM public.outbox WHERE topic = 'buying.replies'");
    await handle(captures({ attempt: 6 }));
    assert.equal(paid.provider.captured.size, 1);
    assert.deepEqual(await told(), captured);
  });

  it("that is called by two processes at once is recorded once", async () => {
    const both = Promise.withResolvers<void>();
    paid.provider.before = async () => {
      if (paid.provider.calls.length === 2) both.resolve();
      await both.promise;
    };
    await Promise.all([
      paid.rig.handle(paid.shop, [captures()]),
      paid.rig.handle(paid.shop, [captures({ attempt: 2 })], { name: "another process" }),
    ]);
    assert.deepEqual(calls(), [capture(), capture()]);
    assert.deepEqual(await told(), captured);
    assert.deepEqual(await state(), ["PaymentCaptured"]);
  });

  // Red when conclude.ts does not compare the keys: the older answer is stored as the newer round's, whose own
  // success is then thrown away, and the money with it.
  it("of an older round that ends during the call of a newer one says nothing about that", async () => {
    const [older, newer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    paid.provider.before = async () => {
      const nth = paid.provider.calls.length;
      paid.provider.declining = true;
      if (nth === 1) await older.promise;
      if (nth === 3) await newer.promise;
      paid.provider.declining = nth !== 3;
    };
    const paused = handle(captures());
    await eventually(() => paid.provider.calls.length === 1);
    await paid.rig.handle(paid.shop, [captures({ attempt: 2 })], { name: "another process" });
    const retried = paid.rig.handle(paid.shop, [captures({ round: 2 })], { name: "another process" });
    await eventually(() => paid.provider.calls.length === 3);
    older.resolve();
    await paused;
    newer.resolve();
    await retried;
    assert.deepEqual(calls(), [capture(1), capture(1), capture(2)]);
    assert.deepEqual(await told(), [
      "PaymentDeclined",
      "PaymentDeclined failure 1",
      "PaymentCaptured",
      "PaymentCaptured success 2",
    ]);
  });

  it("that does not heed its signal is given up at its limit, and tried again", async () => {
    const hung = Promise.withResolvers<void>();
    paid.provider.before = async () => {
      if (paid.provider.calls.length === 1) await hung.promise;
    };
    await paid.rig.handle(shopImplementation(paid.provider, { limitMs: 20 }), [captures()]);
    hung.resolve();
    assert.deepEqual(calls(), [capture(), capture()]);
    assert.deepEqual(await told(), captured);
  });

  it("that leads to nothing the saga waits for is the author's mistake, and goes to the dead letters", async () => {
    const silent: ShopImplementation = {
      ...paid.shop,
      commands: { ...paid.shop.commands, CapturePayment: { call: async () => undefined } },
    };
    await paid.rig.handle(silent, [captures()]);
    assert.deepEqual(await letters(), [
      "shop.CapturePayment must lead to shop.PaymentCaptured or shop.PaymentDeclined, and led to nothing",
    ]);
  });

  describe("whose provider can neither refuse nor tell", () => {
    const blind = () => shopImplementation(paid.provider, { limitMs: never, canRefuse: false });

    // Red without canRefuse in judge.ts: the saga would be compensated although the money may be taken.
    it("leaves its compensation without a reply when the outcome stays open: the saga is stuck", async () => {
      await captureThatIsLost(captures(), blind());
      await timePasses();
      await paid.rig.handle(blind(), [refunds()]);
      assert.match(
        (await letters())[0] ?? "",
        /the outcome of its step's call is open, and the provider can neither refuse/,
      );
      await paid.rig.handle(blind(), [captures()]);
      assert.deepEqual(calls(), [capture()]);
      assert.equal(paid.rig.refused.length, 1);
      assert.deepEqual(await told(), []);
    });

    // Red without the look at `external` in canRefuseForwardOf: the money stayed where it was, and the saga was compensated.
    it("the same where its compensation is no call, which reaches no provider", async () => {
      await captureThatIsLost();
      await timePasses();
      await handle(refunds({ command: "ReleaseStock" }));
      assert.match((await letters())[0] ?? "", /the provider can neither refuse/);
      assert.deepEqual(await told(), []);
      assert.equal(paid.provider.captured.size, 1);
    });

    it("is compensated like any other when its outcome is known", async () => {
      await paid.rig.handle(blind(), [captures(), refunds()]);
      assert.deepEqual(await told(), [...captured, ...refunded]);
    });
  });

  describe("and an operator's tombstone", () => {
    it("says nothing about an open call, which a retry then learns", async () => {
      await captureThatIsLost();
      await timePasses();
      await handle(captures({ purpose: "tombstone" }));
      assert.match((await letters())[0] ?? "", /the outcome of its call is open: retry the step to learn it/);
      await handle(captures({ attempt: 2 }), captures({ purpose: "tombstone" }));
      assert.deepEqual(await told(), [...captured, captured[1]]);
    });

    it("keeps it from being called", async () => {
      await handle(captures({ purpose: "tombstone" }), captures());
      assert.deepEqual(calls(), []);
      assert.deepEqual(await told(), ["PaymentDeclined refused 1"]);
    });
  });

  it("in the dead letters is called with the same key by a replay", async () => {
    paid.provider.before = async () => {
      throw new Error("the provider is away");
    };
    await handle(captures());
    assert.deepEqual(await letters(), ["the provider is away"]);
    paid.provider.before = async () => undefined;
    await replayDeadLetter(paid.rig.database, (await listDeadLetters(paid.rig.database))[0]!.id);
    await paid.rig.replay(paid.shop);
    assert.equal(new Set(paid.provider.calls.map((call) => call.key)).size, 1);
    assert.deepEqual(await told(), captured);
  });
});
