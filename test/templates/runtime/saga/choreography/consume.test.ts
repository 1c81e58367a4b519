import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { listDeadLetters, replayDeadLetter } from "../../../../../templates/runtime/src/inbox/dead-letters.ts";
import { fakeProvider, shopImplementation } from "../participant/shop.fixture.ts";
import { choreographyRig, happens } from "./step-rig.ts";

const shop = shopImplementation(fakeProvider());
const day = 86_400_000;

describe("a step of a choreography, at the service that does it", () => {
  let rig: Awaited<ReturnType<typeof choreographyRig>>;
  let order: string;
  before(async () => {
    rig = await choreographyRig();
  });
  after(() => rig.drop());
  beforeEach(async () => {
    order = randomUUID();
    rig.refused.length = 0;
    await rig.database.query("TRUNCATE public.dead_letter");
  });

  it("starts at its event, with the event's data, and its own event says which step of which saga it comes of", async () => {
    const placed = happens("Placed", order, { quantity: 2 });
    await rig.handle(shop, placed);
    const [event, ...others] = await rig.sent(order);
    assert.deepEqual(others, []);
    assert.deepEqual([event?.type, event?.data], ["shop.StockReserved", { orderId: order, quantity: 2 }]);
    const { saganame, sagaid, sagastep, sagadirection, correlationid, causationid } = event!.envelope;
    assert.deepEqual(
      { saganame, sagaid, sagastep, sagadirection, correlationid, causationid },
      {
        saganame: "buying",
        sagaid: `buying:${order}`,
        sagastep: "reserve",
        sagadirection: "forward",
        correlationid: `c-${order}`,
        causationid: placed.headers.id,
      },
    );
  });

  // Red when idempotencyKey, or the row, is of the message: `sagaId: message.id` in step-task.ts.
  it("is done once, whoever says again what has happened (R5)", async () => {
    const placed = happens("Placed", order);
    await rig.handle(shop, placed, happens("Placed", order));
    await rig.handle(shop, placed, happens("Placed", order), happens("Rushed", order));
    assert.deepEqual(await rig.state(order), ["StockReserved", "OrderPacked", "PaymentCaptured"]);
  });

  it("is undone by its compensation, each with its event and without a reply", async () => {
    await rig.handle(shop, happens("Placed", order), happens("Cancelled", order));
    assert.deepEqual(await rig.told(order), ["StockReserved", "StockReleased"]);
    const { sagastep, sagadirection } = (await rig.sent(order))[1]!.envelope;
    assert.deepEqual([sagastep, sagadirection], ["reserve", "compensation"]);
  });

  // Red without `direction` in step-task.ts's task, and when judge.ts leaves no tombstone.
  it("is never done after its compensation: that tells the watchdog that there was nothing to undo (R5)", async () => {
    await rig.handle(shop, happens("Cancelled", order));
    await rig.handle(shop, happens("Placed", order), happens("Cancelled", order));
    assert.deepEqual(await rig.told(order), ["StockReleased success 1 noop", "StockReleased success 1 noop"]);
    assert.deepEqual(await rig.state(order), []);
    assert.deepEqual(
      rig.refused.map(({ sagaId, step }) => [sagaId, step]),
      [[`buying:${order}`, "reserve"]],
    );
    const [reply] = await rig.sent(order);
    assert.deepEqual([reply?.topic, reply?.key, reply?.data], ["buying.replies", `buying:${order}`, {}]);
  });

  it("of an event that does not say which saga it is of goes to the dead letters, with a plain sentence", async () => {
    const nameless = happens("Placed", undefined);
    await rig.handle(shop, nameless, happens("Placed", order));
    assert.deepEqual(await rig.letters(), [
      `1 web.Placed ${nameless.headers.id} has no orderId, by which the saga buying would know whose step reserve it starts`,
    ]);
    assert.deepEqual(await rig.told(order), ["StockReserved"]);
  });

  // Red with `keepsOrder: true` in consume.ts.
  it("that keeps failing lies in the dead letters; its compensation goes on, and it is never done after it (R18)", async () => {
    await rig.handle(shop, happens("Placed", order, { quantity: 13 }), happens("Cancelled", order));
    assert.deepEqual(await rig.letters(), ["3 thirteen"]);
    assert.deepEqual(await rig.told(order), ["StockReleased success 1 noop"]);
    const [letter] = await listDeadLetters(rig.database);
    await replayDeadLetter(rig.database, letter!.id);
    await rig.replay(shop);
    assert.deepEqual(rig.refused.length, 1);
    assert.deepEqual(await rig.state(order), []);
  });

  it("is tried for at most its timeout, the longest of those that the event starts (R18)", () => {
    const { triedForMs } = rig.consumer(shop);
    assert.equal(triedForMs?.({ type: "web.Rushed" } as Parameters<typeof triedForMs>[0]), 10_000);
  });

  it("of an event that is older than what the service remembers goes to the dead letters (R20)", async () => {
    const old = new Date(Date.now() - 91 * day);
    await rig.handle(shop, happens("Placed", order, { time: old }), happens("Rushed", order, { time: old }));
    assert.equal(
      (await rig.letters()).filter((letter) => /older than what this service remembers/.test(letter)).length,
      2,
    );
    assert.deepEqual(await rig.state(order), []);
  });

  describe("of a saga that has been under way for longer than the service remembers (R20)", () => {
    const began = new Date(Date.now() - 91 * day);
    const cancelled = () => {
      const own = { saganame: "buying", sagaid: `buying:${order}`, sagasince: began.toISOString() };
      return happens("Cancelled", order, { envelope: own });
    };

    // Red without `sagasince` in step-task.ts's cause: the third step would not know when the first began.
    it("says in its events when that began, as the event said that started it", async () => {
      const placed = new Date(Date.now() - 89 * day);
      const before = new Date(Date.now() - 95 * day).toISOString();
      const of = (key: string) => ({ saganame: "buying", sagaid: `buying:${key}`, sagasince: before });
      await rig.handle(
        shop,
        happens("Placed", order, { time: placed }),
        happens("Paid", order, { envelope: of(order) }),
        happens("Returned", order, { time: placed, envelope: of("another") }),
      );
      assert.deepEqual(
        (await rig.sent(order)).map(({ type, envelope }) => [type, envelope.sagasince]),
        [
          ["shop.StockReserved", placed.toISOString()],
          ["shop.PaymentCaptured", before],
          ["shop.PaymentRefunded", placed.toISOString()],
        ],
      );
    });

    // Red without `since` in step-task.ts's task: stock that is still reserved would be told to be released.
    it("is not taken for one that was never done, when its compensation comes and its row is gone", async () => {
      await rig.handle(shop, cancelled());
      assert.match((await rig.letters()).join(), /first asked for at .* has forgotten what came of it/);
      assert.deepEqual(await rig.told(order), []);
    });

    it("is undone where its row is still there", async () => {
      await rig.handle(shop, happens("Placed", order), cancelled());
      assert.deepEqual(await rig.told(order), ["StockReserved", "StockReleased"]);
    });
  });

  describe("that calls outside (R19)", () => {
    it("is called outside any transaction, with the key of the step, and undone with it", async () => {
      const provider = fakeProvider();
      await rig.handle(shopImplementation(provider), happens("Paid", order), happens("Returned", order));
      assert.deepEqual(await rig.told(order), ["PaymentCaptured", "PaymentRefunded"]);
      const key = `buying:${order}/capture/forward/1`;
      assert.deepEqual(provider.calls, [
        { kind: "capture", key },
        { kind: "refund", key: `buying:${order}/capture/compensation/1`, forwardKey: key },
      ]);
    });

    it("makes the same call again when its outcome was lost", async () => {
      const provider = fakeProvider();
      provider.after = async () => {
        provider.after = async () => undefined;
        throw new Error("the line is dead");
      };
      await rig.handle(shopImplementation(provider), happens("Paid", order));
      assert.deepEqual(await rig.told(order), ["PaymentCaptured"]);
      assert.equal(new Set(provider.calls.map(({ key }) => key)).size, 1);
      assert.equal(provider.captured.size, 1);
    });
  });

  describe("beside others that one event starts", () => {
    it("is done like each of them", async () => {
      await rig.handle(shop, happens("Rushed", order));
      assert.deepEqual((await rig.told(order)).sort(), ["OrderPacked", "PaymentCaptured", "StockReserved"]);
    });

    // Red when startEach throws the first failure, whatever it is: a step that can only be given up took the others with it.
    it("is tried again although another of them can only be given up", async () => {
      const provider = fakeProvider();
      provider.before = async () => {
        provider.before = async () => undefined;
        throw new Error("the line is dead");
      };
      await rig.handle(shopImplementation(provider), happens("Rushed", order, { quantity: 0.5 }));
      assert.deepEqual((await rig.told(order)).sort(), ["OrderPacked", "PaymentCaptured"]);
      assert.match((await rig.letters()).join(), /^2 shop.ReserveStock breaks its contract/);
    });

    // Red when startEach in consume.ts lets the first failure through: the `catch` taken out.
    it("waits for none of them that fails; what was done is not done again when that one is replayed (R18)", async () => {
      const provider = fakeProvider();
      await rig.handle(shopImplementation(provider), happens("Rushed", order, { quantity: 13 }));
      assert.deepEqual((await rig.told(order)).sort(), ["OrderPacked", "PaymentCaptured"]);
      assert.deepEqual(await rig.letters(), ["3 thirteen"]);
      const [letter] = await listDeadLetters(rig.database);
      await replayDeadLetter(rig.database, letter!.id);
      await rig.replay(shopImplementation(provider));
      assert.deepEqual((await rig.told(order)).sort(), ["OrderPacked", "PaymentCaptured"]);
      assert.equal(provider.calls.length, 1);
      assert.equal((await rig.database.query("SELECT FROM public.parcel WHERE order_id = $1", [order])).count, 1);
    });
  });
});
