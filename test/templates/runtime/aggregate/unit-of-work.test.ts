import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { compileContracts } from "../../../../templates/runtime/src/aggregate/contracts.ts";
import { type Aggregate, recordEvent } from "../../../../templates/runtime/src/aggregate/execute.ts";
import { stateTable } from "../../../../templates/runtime/src/aggregate/state-table.ts";
import { unitOfWork } from "../../../../templates/runtime/src/aggregate/unit-of-work.ts";
import { insertMessages } from "../../../../templates/runtime/src/outbox/insert.ts";
import { happened, type OutboxDatabase, outboxDatabase } from "../outbox/outbox-database.ts";
import {
  type OrderCommand,
  type OrderEvent,
  type OrderState,
  orderDecider,
  ordersDefinition,
} from "../service/orders.fixture.ts";

const cause = { correlationid: "c" };
const lines = [{ sku: "apple", quantity: 1 }];

describe("several commands in one transaction", () => {
  let database: OutboxDatabase;
  before(async () => {
    database = await outboxDatabase();
  });
  after(() => database.drop());

  const table = stateTable<OrderState, OrderEvent>("Order", orderDecider.initialState);
  const orders: Aggregate<OrderState, OrderCommand, OrderEvent> = {
    definition: ordersDefinition,
    contracts: compileContracts(ordersDefinition),
    decider: orderDecider,
    persistence: table,
    insertMessages,
  };
  const { loadAll: _, storeAll: __, ...single } = table;
  const place = (orderId: string, items = lines): OrderCommand => ({
    type: "PlaceOrder",
    data: { orderId, lines: items },
  });
  const confirm = (orderId: string): OrderCommand => ({ type: "ConfirmOrder", data: { orderId } });
  const versions = async (id: string) =>
    (
      await database.query<{ version: string }>(
        "SELECT headers ->> 'aggregateversion' AS version FROM public.outbox WHERE aggregateid = $1 ORDER BY position",
        [id],
      )
    ).rows.map(({ version }) => version);

  for (const [how, persistence] of [
    ["loaded and stored together", table],
    ["one by one, where the persistence knows no other way", single],
  ] as const)
    it(`are ${how}: each sees what the one before it did, and events keep their order`, async () => {
      const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
      await database.transaction(async (tx) => {
        const unit = unitOfWork({ ...orders, persistence }, tx);
        await unit.prefetch([a, b, c]);
        const tokens = [];
        for (const command of [place(a), place(b, []), confirm(a), place(b)])
          tokens.push((await unit.execute(command, cause)).token);
        unit.send(happened("x", 1));
        await unit.finish();
        assert.deepEqual(
          tokens.map((token) => token.slice(-1)),
          ["1", "1", "2", "2"],
        );
      });
      assert.deepEqual(
        [await versions(a), await versions(b)],
        [
          ["1", "2"],
          ["1", "2"],
        ],
      );
      const { rows } = await database.query("SELECT id, version FROM public.aggregates WHERE id = ANY ($1::text[])", [
        [a, b, c],
      ]);
      assert.deepEqual(
        new Map(rows.map(({ id, version }) => [id, version])),
        new Map([
          [a, 2n],
          [b, 2n],
        ]),
        "c, to which nothing happened, left nothing behind",
      );
    });

  it("wait for the locks of others, and see what these have stored", async () => {
    const ids = Array.from({ length: 10 }, () => randomUUID());
    const confirmAll = () =>
      database.transaction(async (tx) => {
        const unit = unitOfWork(orders, tx);
        await unit.prefetch(ids.toSorted(() => Math.random() - 0.5));
        for (const id of ids) {
          await unit.execute(place(id), cause);
          await unit.execute(confirm(id), cause);
        }
        await unit.finish();
      });
    await Promise.all([confirmAll(), confirmAll(), confirmAll()]);
    for (const id of ids) assert.deepEqual(await versions(id), ["1", "2"]);
  });

  it("are undone together when one of them breaks its contract", async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const broken = {
      ...orders,
      decider: { ...orderDecider, decide: () => [{ type: "OrderPlaced", data: {} } as OrderEvent] },
    };
    await assert.rejects(
      database.transaction(async (tx) => {
        const unit = unitOfWork(orders, tx);
        await unit.execute(place(a), cause);
        await unit.finish();
        await unitOfWork(broken, tx).execute(place(b), cause);
      }),
      { name: "ContractError" },
    );
    assert.deepEqual([await versions(a), await versions(b)], [[], []]);
  });

  describe("an event that happened outside", () => {
    const record = (event: OrderEvent) =>
      database.transaction((tx) => recordEvent(orders, tx, { type: "PlaceOrder", data: {} }, event, cause));

    it("is recorded by evolve and published, and nobody is asked whether it may", async () => {
      const orderId = randomUUID();
      await database.transaction((tx) =>
        recordEvent(orders, tx, place(orderId), { type: "OrderPlaced", data: { orderId, lines } }, cause),
      );
      const { token } = await record({ type: "OrderPlaced", data: { orderId, lines } });
      assert.equal(token, `orders/Order/${orderId}@2`);
      assert.deepEqual(await versions(orderId), ["1", "2"]);
    });

    it("must be what the contracts say of its command", async () => {
      const orderId = randomUUID();
      await assert.rejects(record({ type: "OrderConfirmed", data: { orderId } }), /which it does not declare/);
      await assert.rejects(record({ type: "OrderPlaced", data: { orderId } as never }), /breaks its contract at/);
      await assert.rejects(record({ type: "OrderPlaced", data: { lines } as never }), /does not say which Order/);
      assert.deepEqual(await versions(orderId), []);
    });
  });
});
