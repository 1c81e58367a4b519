import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { listDeadLetters } from "../../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../../templates/runtime/src/inbox/handle-batch.ts";
import { batchOf } from "../../inbox/delivery.ts";
import { type Asked, captures, refunds, releases, type ShopImplementation, shopRig } from "./rig.ts";
import { fakeProvider, shopImplementation } from "./shop.fixture.ts";

/** Long enough for no test to reach it, where it must not be. */
export const never = 600_000;

type Record = Parameters<typeof batchOf>[0][number];

/** A shop whose payments are taken outside, for the tests of one `describe`: each has an order and a provider of its own. */
export function paidShop() {
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

  const key = (round = 1) => `buying:${order}/capture/forward/${round}`;
  const handleBy = (database: Database, record: Record, implementation = shop) =>
    batchHandler(rig.consumer(implementation, {}, database))(batchOf([record]));

  return {
    get rig() {
      return rig;
    },
    get provider() {
      return provider;
    },
    get shop() {
      return shop;
    },
    /** The commands of the order. */
    captures: (asked?: Asked) => captures(order, asked),
    refunds: (asked?: Asked) => refunds(order, asked),
    releases: (asked?: Asked) => releases(order, asked),
    handle: (...records: readonly Record[]) => rig.handle(shop, records),
    handleBy,
    /** The process ends between the call and its outcome: nothing of that transaction is committed. */
    captureThatIsLost: (record = captures(order), implementation = shop) =>
      assert.rejects(
        handleBy(
          dying(rig.database, (text) => text.includes("public.outbox")),
          record,
          implementation,
        ),
      ),
    told: () => rig.told(order),
    sent: () => rig.sent(order),
    state: () => rig.state(order),
    letters: async () => (await listDeadLetters(rig.database)).map(({ error }) => error),
    row: async () =>
      (
        await rig.database.query<{ outcome: string | null; refused: boolean; again: boolean }>(
          `SELECT forward_outcome AS outcome, forward_refused_at IS NOT NULL AS refused, compensation_again AS again
           FROM public.saga_participant WHERE saga_id = $1`,
          [`buying:${order}`],
        )
      ).rows[0],
    /** Moves the call's beginning so far into the past that it is over for everybody. */
    timePasses: () =>
      rig.database.query(
        "UPDATE public.saga_participant SET forward_called_at = forward_called_at - interval '1 h' WHERE saga_id = $1",
        [`buying:${order}`],
      ),
    /** What the provider was asked, each with its key; `capture` and `refund` are what it should have been. */
    calls: () => provider.calls.map(({ kind, key, forwardKey }) => [kind, key, ...(forwardKey ? [forwardKey] : [])]),
    key,
    capture: (round = 1) => ["capture", key(round)],
    refund: (round = 1) => ["refund", `buying:${order}/capture/compensation/1`, key(round)],
  };
}

export const captured = ["PaymentCaptured", "PaymentCaptured success 1"];
export const refunded = ["PaymentRefunded", "PaymentRefunded success 1"];

/** A process that ends at the statement that `dies` knows. */
function dying(database: Database, dies: (text: string) => boolean): Database {
  return {
    ...database,
    transaction: (work, options) =>
      database.transaction(
        (tx) =>
          work({
            async query(text, values) {
              if (dies(text)) await tx.query("SELECT pg_terminate_backend(pg_backend_pid())");
              return tx.query(text, values);
            },
          }),
        options,
      ),
  };
}
