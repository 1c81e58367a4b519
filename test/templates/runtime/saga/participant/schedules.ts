import assert from "node:assert/strict";
import type { IncomingRecord } from "../../../../../templates/runtime/src/broker/broker.ts";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { DatabaseUnavailableError } from "../../../../../templates/runtime/src/database/errors.ts";
import { seededRandom } from "../../../../../templates/runtime/src/faults/random.ts";
import { batchHandler } from "../../../../../templates/runtime/src/inbox/handle-batch.ts";
import type { ExternalContext } from "../../../../../templates/runtime/src/service/definition.ts";
import { batchOf } from "../../inbox/delivery.ts";
import { asks, captures, refunds, releases, type shopRig } from "./rig.ts";
import { type Provider, shopImplementation } from "./shop.fixture.ts";

const ORDERS = 8;
/** Short, so that compensations have their waits behind them within a test. */
const LIMIT_MS = 40;

/**
 * Commands of some sagas, several times and in any order, to three processes at once that know nothing of each other's
 * inboxes; connections that break at any statement; a provider that loses requests and answers. In the end each saga's
 * last command comes once more to a sound process, and the books must be even.
 */
export async function runSchedule(rig: Awaited<ReturnType<typeof shopRig>>, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const chance = (share: number) => random() < share;
  const orders = Array.from({ length: ORDERS }, (_, index) => ({
    name: `${seed}-${index}`,
    compensated: chance(0.6),
    declines: chance(0.2),
  }));
  const provider = unreliable(
    orders.filter(({ declines }) => declines).map(({ name }) => name),
    chance,
  );
  const shop = shopImplementation(provider, { limitMs: LIMIT_MS });
  let trouble = true;
  let broken = 0;

  const breaking: Database = {
    ...rig.database,
    transaction: (work, options) =>
      rig.database.transaction(
        (tx) =>
          work({
            async query(text, values) {
              if (trouble && chance(0.004)) {
                broken += 1;
                await tx.query("SELECT pg_terminate_backend(pg_backend_pid())");
              }
              return tx.query(text, values);
            },
          }),
        options,
      ),
  };

  /** What is not committed comes again. */
  async function handle(name: string, records: readonly IncomingRecord[]): Promise<void> {
    const consumer = rig.consumer(shop, { name, retry: { attempts: 2, initialMs: 1 } }, breaking);
    for (;;) {
      try {
        return await batchHandler(consumer)(batchOf(records));
      } catch (error) {
        if (!(error instanceof DatabaseUnavailableError)) throw error;
      }
    }
  }

  const sent = orders.flatMap(({ name, compensated }) => [
    ...[1, 2].flatMap((attempt) => [asks(name, { attempt }), captures(name, { attempt })]),
    captures(name, { round: 2 }),
    ...(compensated ? [1, 2].flatMap((attempt) => [releases(name, { attempt }), refunds(name, { attempt })]) : []),
  ]);
  const shuffled = () => sent.map((record) => ({ record, at: random() })).toSorted((a, b) => a.at - b.at);
  await Promise.all(
    ["a", "b", "c"].map((process) =>
      handle(
        `${seed} ${process}`,
        shuffled().map(({ record }) => record),
      ),
    ),
  );

  assert.ok(broken + provider.lost() > 0, "nothing has gone wrong: it shows nothing");
  trouble = false;
  provider.reliable();
  await handle(
    `${seed} last`,
    orders.flatMap(({ name, compensated }) =>
      compensated
        ? [releases(name, { attempt: 9 }), refunds(name, { attempt: 9 })]
        : [asks(name, { attempt: 9 }), captures(name, { attempt: 9 })],
    ),
  );
  for (const { name, compensated } of orders) await checkBooks(rig, provider, name, compensated);
}

async function checkBooks(
  rig: Awaited<ReturnType<typeof shopRig>>,
  provider: ReturnType<typeof unreliable>,
  order: string,
  compensated: boolean,
): Promise<void> {
  const told = await rig.told(order);
  const events = await rig.state(order);
  const what = `${order}: ${told.join(", ")}`;
  const count = (event: string) => events.filter((each) => each === event).length;
  const keysOf = (keys: ReadonlySet<string>) => [...keys].filter((key) => key.startsWith(`buying:${order}/`));
  const [captured, refunded] = [keysOf(provider.captured), keysOf(provider.refunded)];

  for (const event of new Set(events))
    if (event !== "PaymentDeclined") assert.equal(count(event), 1, `${event} more than once: ${what}`);
  assert.ok(captured.length <= 1, `captured under ${captured.join(", ")}: ${what}`);
  assert.deepEqual(
    told.filter((each) => !each.includes(" ")),
    events,
    `not published as it happened: ${what}`,
  );
  if (compensated) {
    assert.deepEqual(refunded, captured, `taken and not given back: ${what}`);
    assert.equal(count("StockReleased"), count("StockReserved"), what);
    for (const reply of ["StockReleased success", "PaymentRefunded success"])
      assert.ok(
        told.some((each) => each.startsWith(reply)),
        `no ${reply}: ${what}`,
      );
  } else {
    assert.deepEqual(refunded, [], what);
    assert.equal(count("PaymentCaptured"), captured.length, `taken and not told: ${what}`);
    assert.ok(
      told.some((each) => /^Payment(Captured success|Declined failure)/.test(each)),
      `no outcome: ${what}`,
    );
  }
}

/** Keeps what it says about a key, and loses some requests and some answers. */
function unreliable(declining: readonly string[], chance: (share: number) => boolean) {
  const captured = new Set<string>();
  const refunded = new Set<string>();
  const refused = new Set<string>();
  let lossy = true;
  let losses = 0;
  async function lose(what: string): Promise<void> {
    if (!lossy || !chance(0.2)) return;
    losses += 1;
    throw new Error(`${what} is lost`);
  }
  return {
    captured,
    refunded,
    lost: () => losses,
    reliable: () => {
      lossy = false;
    },
    async capture(order: string, { idempotencyKey: key }: ExternalContext) {
      await lose("the request");
      const allowed = !refused.has(key) && !declining.includes(order);
      if (allowed) captured.add(key);
      await lose("the answer");
      return allowed ? "captured" : "declined";
    },
    async refund(_order: string, { forwardKey = "" }: ExternalContext) {
      await lose("the request");
      refused.add(forwardKey);
      if (captured.has(forwardKey)) refunded.add(forwardKey);
      await lose("the answer");
      return captured.has(forwardKey);
    },
  } satisfies Provider & Record<string, unknown>;
}
