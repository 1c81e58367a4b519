import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { listDeadLetters, replayDeadLetter } from "../../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../../templates/runtime/src/inbox/handle-batch.ts";
import { waitsForLock } from "../../aggregate/waits-for-lock.ts";
import { batchOf } from "../../inbox/delivery.ts";
import { asks, releases, type ShopImplementation, shopRig } from "./rig.ts";
import { fakeProvider, shopDecider, shopImplementation } from "./shop.fixture.ts";

const shop = shopImplementation(fakeProvider());
const day = 24 * 3_600_000;

describe("a saga's command", () => {
  let rig: Awaited<ReturnType<typeof shopRig>>;
  let order: string;
  before(async () => {
    rig = await shopRig();
  });
  after(() => rig.drop());
  beforeEach(async () => {
    order = randomUUID();
    rig.refused.length = 0;
    await rig.database.query("TRUNCATE public.dead_letter");
  });
  const handle = (...records: Parameters<typeof rig.handle>[1]) => rig.handle(shop, records);
  const letters = async () =>
    (await listDeadLetters(rig.database)).map(({ error, attempts }) => `${attempts} ${error}`);

  describe("that is done", () => {
    it("writes its event and its reply in one transaction, the reply of the event's type and with its data", async () => {
      const record = asks(order, { quantity: 2, attempt: 3 });
      await handle(record);
      const [event, reply] = await rig.sent(order);
      assert.equal(event?.topic, "shop.order.events");
      assert.equal(event.type, "shop.StockReserved");
      assert.equal(reply?.topic, "buying.replies");
      assert.equal(reply.key, `buying:${order}`);
      assert.deepEqual(
        [reply.type, reply.data, reply.envelope.dataschema],
        [event.type, event.data, event.envelope.dataschema],
      );
      const { saganame, sagaid, sagastep, sagadirection, saground, sagaattempt, idempotencykey, sagaoutcome } =
        reply.envelope;
      assert.deepEqual(
        { saganame, sagaid, sagastep, sagadirection, saground, sagaattempt, idempotencykey, sagaoutcome },
        {
          saganame: "buying",
          sagaid: `buying:${order}`,
          sagastep: "reserve",
          sagadirection: "forward",
          saground: 1,
          sagaattempt: 3,
          idempotencykey: `buying:${order}/reserve/forward/1`,
          sagaoutcome: "success",
        },
      );
      assert.equal(reply.envelope.causationid, record.headers.id);
      assert.equal(reply.envelope.correlationid, `c-${order}`);
      const { rows } = await rig.database.query(
        "SELECT count(DISTINCT xmin::text) AS n FROM public.outbox WHERE aggregateid IN ($1, 'buying:' || $1)",
        [order],
      );
      assert.deepEqual(rows, [{ n: 1n }]);
    });

    it("may be a handler of the author's, whose statements are in that transaction", async () => {
      await handle(asks(order, { step: "pack", command: "PackOrder" }));
      assert.deepEqual(await rig.told(order), ["OrderPacked", "OrderPacked success 1"]);
      assert.equal((await rig.database.query("SELECT FROM public.parcel WHERE order_id = $1", [order])).count, 1);
    });

    it("may come with many others, whose order stays that of their events", async () => {
      const orders = Array.from({ length: 20 }, () => randomUUID());
      await handle(
        ...orders.map((each) => asks(each)),
        ...orders.map((each) => asks(each, { step: "pack", command: "PackOrder" })),
        ...orders.map((each) => releases(each)),
      );
      for (const each of orders) {
        assert.deepEqual(await rig.state(each), ["StockReserved", "OrderPacked", "StockReleased"]);
        const versions = (await rig.sent(each)).flatMap(({ envelope }) => envelope.aggregateversion ?? []);
        assert.deepEqual(versions, ["1", "2", "3"]);
      }
    });
  });

  describe("that was done before (R5)", () => {
    // Red when judge.ts answers nothing that is stored.
    it("gets the stored reply again and nothing else: from the same message, a resend, and a later round", async () => {
      const record = asks(order);
      await handle(record);
      await handle(record, asks(order, { attempt: 2 }), asks(order, { round: 2 }));
      assert.deepEqual(await rig.told(order), [
        "StockReserved",
        "StockReserved success 1",
        "StockReserved success 1",
        "StockReserved success 1",
      ]);
      assert.deepEqual(await rig.state(order), ["StockReserved"]);
    });

    it("gets it in one batch with the first", async () => {
      await handle(asks(order), asks(order, { attempt: 2 }));
      assert.deepEqual(await rig.told(order), ["StockReserved", "StockReserved success 1", "StockReserved success 1"]);
    });

    it("and failed, gets the failure again in its own round", async () => {
      await handle(asks(order, { quantity: 10 }));
      await handle(asks(order, { quantity: 10, attempt: 2 }));
      assert.deepEqual(await rig.told(order), ["StockRejected", "StockRejected failure 1", "StockRejected failure 1"]);
    });

    // Red without `task.round > round` in givesWay of judge.ts.
    it("and failed, gives way to a newer round, and never to an older one", async () => {
      await handle(asks(order, { quantity: 10, round: 2 }));
      await handle(asks(order, { quantity: 1, round: 1 }));
      await handle(asks(order, { quantity: 1, round: 3 }));
      await handle(asks(order, { quantity: 10, round: 4 }));
      assert.deepEqual(await rig.told(order), [
        "StockRejected",
        "StockRejected failure 2",
        "StockRejected failure 2",
        "StockReserved",
        "StockReserved success 3",
        "StockReserved success 3",
      ]);
    });

    it("by another step of its saga is another matter", async () => {
      await handle(asks(order), asks(order, { step: "reserve-more" }));
      assert.deepEqual(await rig.state(order), ["StockReserved", "StockReserved"]);
    });
  });

  describe("and its compensation (R5)", () => {
    it("undoes what was done, once", async () => {
      await handle(asks(order), releases(order), releases(order, { attempt: 2 }));
      assert.deepEqual(await rig.told(order), [
        "StockReserved",
        "StockReserved success 1",
        "StockReleased",
        "StockReleased success 1",
        "StockReleased success 1",
      ]);
    });

    // Red when judge.ts's compensation() stores no forwardRefused.
    it("that comes first does nothing, succeeds, and leaves a tombstone that refuses the forward in every round", async () => {
      await handle(releases(order));
      await handle(asks(order));
      await handle(asks(order, { round: 2 }));
      assert.deepEqual(await rig.told(order), ["StockReleased success 1 noop"]);
      assert.deepEqual(await rig.state(order), []);
      assert.deepEqual(
        rig.refused.map(({ round }) => round),
        [1, 2],
      );
    });

    it("of one that failed does nothing and succeeds: no event, no data, in its own reply alone", async () => {
      await handle(asks(order, { quantity: 10 }), releases(order));
      const sent = await rig.sent(order);
      assert.deepEqual(await rig.told(order), [
        "StockRejected",
        "StockRejected failure 1",
        "StockReleased success 1 noop",
      ]);
      assert.deepEqual(sent.at(-1)?.data, {});
      assert.equal(sent.at(-1)?.envelope.dataschema, undefined);
      await handle(asks(order, { round: 2 }));
      assert.equal(rig.refused.length, 1);
    });

    it("refuses the forward afterwards without a reply, also where it had been done", async () => {
      await handle(asks(order), releases(order), asks(order, { attempt: 2 }));
      assert.deepEqual((await rig.told(order)).length, 4);
      assert.equal(rig.refused.length, 1);
    });

    it("keeps to its own step", async () => {
      await handle(releases(order), asks(order, { step: "reserve-more" }));
      assert.deepEqual(await rig.state(order), ["StockReserved"]);
    });

    // Red when lockRows in row.ts reads a row that is there without locking it: the forward is done, and never undone.
    for (const [which, before] of [
      ["a first round", []],
      ["a second round", ["StockRejected", "StockRejected failure 1"]],
    ] as const)
      it(`that another process handles in the midst of ${which} waits for it`, async () => {
        const round = before.length === 0 ? 1 : 2;
        if (round === 2) await handle(asks(order, { quantity: 10 }));
        let other: Promise<void> | undefined;
        const inTheMidst: typeof rig.database = {
          ...rig.database,
          transaction: (work, options) =>
            rig.database.transaction(
              (tx) =>
                work({
                  async query(text, values) {
                    const result = await tx.query(text, values);
                    if (text.includes("INTO public.saga_participant") && other === undefined) {
                      other = rig.handle(shop, [releases(order)], { name: "another process" });
                      await waitsForLock(rig.database, other);
                    }
                    return result as never;
                  },
                }),
              options,
            ),
        };
        await batchHandler(rig.consumer(shop, {}, inTheMidst))(batchOf([asks(order, { round })]));
        await other;
        assert.deepEqual((await rig.told(order)).slice(before.length), [
          "StockReserved",
          `StockReserved success ${round}`,
          "StockReleased",
          "StockReleased success 1",
        ]);
      });
  });

  describe("and an operator's tombstone", () => {
    const bury = (more: Parameters<typeof asks>[1] = {}) => asks(order, { purpose: "tombstone", ...more });

    it("answers refused where it was not done, and refuses it from then on", async () => {
      await handle(bury());
      await handle(asks(order), asks(order, { round: 2 }));
      assert.deepEqual(await rig.told(order), ["StockRejected refused 1"]);
      assert.equal(rig.refused.length, 2);
    });

    it("answers the success that it finds", async () => {
      await handle(asks(order), bury());
      assert.deepEqual((await rig.told(order)).at(-1), "StockReserved success 1");
    });

    it("answers the failure of its own round, and refuses where that failure is older", async () => {
      await handle(asks(order, { quantity: 10 }), bury(), bury({ round: 2 }));
      assert.deepEqual((await rig.told(order)).slice(2), ["StockRejected failure 1", "StockRejected refused 2"]);
      await handle(asks(order, { round: 2 }));
      assert.equal(rig.refused.length, 1);
    });

    it("of a compensation lets neither of them be done later", async () => {
      await handle(releases(order, { purpose: "tombstone" }));
      await handle(releases(order), asks(order));
      assert.deepEqual(await rig.told(order), ["StockReleased refused 1"]);
      assert.equal(rig.refused.length, 2);
    });

    it("of a compensation that was done answers its success", async () => {
      await handle(asks(order), releases(order), releases(order, { purpose: "tombstone" }));
      assert.deepEqual((await rig.told(order)).at(-1), "StockReleased success 1");
    });

    // Red when participant.ts checks the data of what is not to be done: nobody could skip it but by hand.
    it("is answered also where the command itself can never be done", async () => {
      const broken = { quantity: 1.5 };
      await handle(asks(order, broken));
      await handle(bury(broken));
      assert.deepEqual(await rig.told(order), ["StockRejected refused 1"]);
    });

    it("leaves a compensation nothing to undo", async () => {
      await handle(bury(), releases(order));
      assert.deepEqual((await rig.told(order)).at(-1), "StockReleased success 1 noop");
    });
  });

  describe("whose handler keeps throwing (R18)", () => {
    const cursed = { quantity: 13 };

    // Red with keepsOrder: true in saga-commands.ts.
    it("lets its compensation go on, which finds no row; a replay of the letter is refused by its tombstone", async () => {
      await handle(asks(order, cursed), releases(order));
      assert.deepEqual(await rig.told(order), ["StockReleased success 1 noop"]);
      assert.deepEqual(await letters(), ["3 thirteen"]);
      const [letter] = await listDeadLetters(rig.database);
      await replayDeadLetter(rig.database, letter!.id);
      const healed: ShopImplementation = {
        ...shop,
        decider: { ...shopDecider, decide: ({ data }) => [{ type: "StockReserved", data }] },
      };
      await rig.replay(healed);
      assert.deepEqual(await letters(), []);
      assert.deepEqual(await rig.told(order), ["StockReleased success 1 noop"]);
      assert.equal(rig.refused.length, 1);
    });

    it("is tried for its step's timeout at most", async () => {
      await rig.handle(shop, [asks(order, { ...cursed, timeoutMs: 30 })], {
        retry: { attempts: 1_000_000, initialMs: 10, multiplier: 1 },
      });
      const [letter] = await listDeadLetters(rig.database);
      assert.equal(letter?.error, "thirteen");
      assert.ok(letter.attempts < 1_000);
    });

    it("does not keep the other sagas of its batch from being done", async () => {
      const others = Array.from({ length: 5 }, () => randomUUID());
      await handle(asks(others[0]!), asks(order, cursed), ...others.slice(1).map((each) => asks(each)));
      for (const each of others) assert.deepEqual(await rig.state(each), ["StockReserved"]);
    });
  });

  describe("that can never be done goes to the dead letters at once:", () => {
    it("older than the participant's rows (R20), whatever its row says", async () => {
      await handle(asks(order, { time: new Date(Date.now() - 91 * day) }));
      assert.match((await letters())[0] ?? "", /^1 shop\.ReserveStock of .* is older than what this service remembers/);
      assert.deepEqual(await rig.told(order), []);
    });

    // Red when participant.ts does not ask since when: stock that is still reserved would be told to be released.
    it("one of a step that was asked for so long ago that its row is gone, if it was there", async () => {
      const since = new Date(Date.now() - 91 * day);
      await handle(asks(order));
      const [forgotten, told] = [{ step: "forgotten", since }, await rig.told(order)];
      await handle(
        releases(order, forgotten),
        asks(order, forgotten),
        asks(order, { ...forgotten, purpose: "tombstone" }),
      );
      assert.equal((await letters()).length, 3);
      for (const letter of await letters()) assert.match(letter, /this service has forgotten what came of it/);
      assert.deepEqual(await rig.told(order), told);
      // One that is there is not forgotten, however old.
      await handle(releases(order, { since }));
      assert.deepEqual((await rig.told(order)).slice(-2), ["StockReleased", "StockReleased success 1"]);
    });

    it("one of no time that can be read", async () => {
      const record = asks(order);
      const headers = { ...record.headers, eda: record.headers.eda!.replace(/"time":"[^"]*"/, '"time":"long ago"') };
      await handle({ ...record, headers });
      assert.match((await letters())[0] ?? "", /^1 shop\.ReserveStock of long ago is older/);
    });

    it("one whose data breaks its contract", async () => {
      await handle(asks(order, { quantity: 1.5 }));
      assert.deepEqual(await letters(), ["1 shop.ReserveStock breaks its contract at #/quantity: must be integer"]);
    });

    it("one that is no saga's", async () => {
      const record = asks(order);
      const { sagaid: _, ...envelope } = JSON.parse(record.headers.eda!);
      await handle({ ...record, headers: { ...record.headers, eda: JSON.stringify(envelope) } });
      assert.match((await letters())[0] ?? "", /^1 .* is no saga's command: its envelope lacks saganame/);
    });
  });

  describe("and the author's handler", () => {
    it("that leads to none of the events that the saga waits for made a mistake: nothing is done", async () => {
      const silent: ShopImplementation = {
        ...shop,
        commands: {
          ...shop.commands,
          ReserveStock: async ({ data }, { execute }) => execute({ type: "PackOrder", data }),
        },
      };
      await rig.handle(silent, [asks(order)]);
      assert.deepEqual(await letters(), [
        "3 shop.ReserveStock must lead to shop.StockReserved or shop.StockRejected, and led to OrderPacked",
      ]);
      assert.deepEqual(await rig.told(order), []);
      assert.deepEqual(await rig.state(order), []);
    });
  });

  describe("among many", () => {
    it("is done by one statement a table, however many come: rows, aggregates, outbox", async () => {
      const texts: string[] = [];
      const counting: typeof rig.database = {
        ...rig.database,
        transaction: (work, options) =>
          rig.database.transaction(
            (tx) =>
              work({
                query(text, values) {
                  texts.push(
                    text
                      .replace(/^--.*\n/gm, "")
                      .trim()
                      .split(/\s+/)
                      .slice(0, 3)
                      .join(" "),
                  );
                  return tx.query(text, values);
                },
              }),
            options,
          ),
      };
      const records = Array.from({ length: 50 }, () => asks(randomUUID()));
      await batchHandler(rig.consumer(shop, {}, counting))(batchOf(records));
      assert.deepEqual(texts, [
        "WITH moved AS",
        "INSERT INTO public.saga_participant",
        "SELECT id, version,",
        "INSERT INTO public.aggregates",
        "UPDATE public.aggregates a",
        "INSERT INTO public.outbox",
        "UPDATE public.saga_participant p",
      ]);
    });
  });
});
