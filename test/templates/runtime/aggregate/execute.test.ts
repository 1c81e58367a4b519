import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { compileContracts } from "../../../../templates/runtime/src/aggregate/contracts.ts";
import { type Aggregate, ContractError, executeCommand } from "../../../../templates/runtime/src/aggregate/execute.ts";
import { stateTable } from "../../../../templates/runtime/src/aggregate/state-table.ts";
import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import type { Database, Transaction } from "../../../../templates/runtime/src/database/database.ts";
import type { OutboxMessage } from "../../../../templates/runtime/src/outbox/outbox.ts";
import { type TestDatabase, testDatabase } from "../../../support/postgres.ts";
import {
  type OrderCommand,
  type OrderEvent,
  type OrderState,
  orderDecider,
  ordersDefinition,
} from "../service/orders.fixture.ts";
import { waitsForLock } from "./waits-for-lock.ts";

const migration = new URL("../../../../templates/service/migrations/0005-aggregates.sql", import.meta.url);
const lines = [{ sku: "apple", quantity: 1 }];
const cause = {
  correlationid: "c-1",
  causationid: randomUUID(),
  traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01`,
};

/** In the place of the outbox: a position taken at the insert, as the outbox does, and what was inserted. */
async function insertMessages(tx: Transaction, messages: readonly OutboxMessage[]): Promise<readonly string[]> {
  for (const message of messages) await tx.query("INSERT INTO sent (message) VALUES ($1)", [JSON.stringify(message)]);
  return messages.map(() => randomUUID());
}

const orders: Aggregate<OrderState, OrderCommand, OrderEvent> = {
  definition: ordersDefinition,
  contracts: compileContracts(ordersDefinition),
  decider: orderDecider,
  persistence: stateTable("Order", orderDecider.initialState),
  insertMessages,
};

describe("a command on an aggregate kept as state", () => {
  let test: TestDatabase;
  let database: Database;

  before(async () => {
    test = await testDatabase();
    database = createDatabase({ url: test.url, max: 30 });
    await database.query(await readFile(migration, "utf8"));
    await database.query("CREATE TABLE sent (position bigint GENERATED ALWAYS AS IDENTITY, message jsonb)");
  });
  after(async () => {
    await database.close();
    await test.drop();
  });

  const execute = (command: OrderCommand, aggregate = orders) =>
    database.transaction((tx) => executeCommand(aggregate, tx, command, cause));
  const place = (orderId: string, items = lines) => execute({ type: "PlaceOrder", data: { orderId, lines: items } });
  const sentFor = async (orderId: string) =>
    (
      await database.query<{ message: OutboxMessage }>(
        "SELECT message FROM sent WHERE message->>'key' = $1 ORDER BY position",
        [orderId],
      )
    ).rows.map(({ message }) => message);
  const stored = (orderId: string) => orders.persistence.read(database, orderId);

  it("stores the state and puts the event into the outbox, with its envelope", async () => {
    const orderId = randomUUID();
    const outcome = await place(orderId);
    assert.equal(outcome.token, `orders/Order/${orderId}@1`);
    assert.deepEqual(outcome.events, [{ type: "OrderPlaced", data: { orderId, lines } }]);
    assert.deepEqual(await stored(orderId), { version: 1n, state: { status: "placed", rejections: 0 } });
    assert.deepEqual(await sentFor(orderId), [
      {
        topic: "orders.order.events",
        key: orderId,
        aggregateType: "Order",
        envelope: {
          type: "orders.OrderPlaced",
          source: "/orders",
          subject: orderId,
          dataschema: "contracts/orders/OrderPlaced/1",
          aggregateversion: "1",
          ...cause,
        },
        data: { orderId, lines },
      },
    ]);
  });

  it("counts the version on by one for each event, also for two of one command", async () => {
    const orderId = randomUUID();
    const twice = {
      ...orders,
      decider: {
        ...orderDecider,
        decide: () => [1, 2].map((n): OrderEvent => ({ type: "OrderRejected", data: { orderId, reason: `${n}` } })),
      },
    };
    await execute({ type: "PlaceOrder", data: { orderId, lines } }, twice);
    const outcome = await execute({ type: "PlaceOrder", data: { orderId, lines } }, twice);
    assert.equal(outcome.token, `orders/Order/${orderId}@4`);
    assert.deepEqual(
      (await sentFor(orderId)).map(({ envelope }) => envelope.aggregateversion),
      ["1", "2", "3", "4"],
    );
    assert.equal((await stored(orderId))?.state.rejections, 4);
  });

  it("writes nothing for a command that leads to no event", async () => {
    const orderId = randomUUID();
    assert.equal((await execute({ type: "ConfirmOrder", data: { orderId } })).token, `orders/Order/${orderId}@0`);
    assert.equal(await stored(orderId), undefined);
    await place(orderId);
    assert.equal((await place(orderId)).token, `orders/Order/${orderId}@1`);
    assert.equal((await sentFor(orderId)).length, 1);
  });

  it("sees what an earlier command of the same transaction has done", async () => {
    const orderId = randomUUID();
    await database.transaction(async (tx) => {
      await executeCommand(orders, tx, { type: "ConfirmOrder", data: { orderId } }, cause);
      await executeCommand(orders, tx, { type: "PlaceOrder", data: { orderId, lines } }, cause);
      await executeCommand(orders, tx, { type: "ConfirmOrder", data: { orderId } }, cause);
    });
    assert.deepEqual(await stored(orderId), { version: 2n, state: { status: "confirmed", rejections: 0 } });
  });

  // Removed once: FOR UPDATE in state-table.ts. Then this is red.
  it("keeps the versions of concurrent commands in the order of their outbox positions", async () => {
    const orderId = randomUUID();
    const commands = Array.from({ length: 25 }, () => place(orderId, []));
    await Promise.all(commands);
    assert.deepEqual(
      (await sentFor(orderId)).map(({ envelope }) => envelope.aggregateversion),
      Array.from({ length: 25 }, (_, index) => `${index + 1}`),
    );
  });

  // Removed once: the INSERT of an absent row in state-table.ts (a lock on no row locks nothing). Then this is red.
  it("lets the second of two first commands wait for the first", async () => {
    const orderId = randomUUID();
    const first = Promise.withResolvers<void>();
    const hold = Promise.withResolvers<void>();
    const one = database.transaction(async (tx) => {
      const outcome = await executeCommand(orders, tx, { type: "PlaceOrder", data: { orderId, lines } }, cause);
      first.resolve();
      await hold.promise;
      return outcome;
    });
    await first.promise;
    const two = place(orderId);
    await waitsForLock(database, two);
    hold.resolve();
    assert.equal((await one).events.length, 1);
    assert.equal((await two).events.length, 0);
  });

  // Removed once: the call of checkEvent in execute.ts. Then these are red.
  describe("of a decider that breaks its contract", () => {
    const orderId = randomUUID();
    const deciding = (event: { type: string; data: object }) =>
      execute(
        { type: "PlaceOrder", data: { orderId, lines } },
        { ...orders, decider: { ...orderDecider, decide: () => [event as OrderEvent] } },
      );
    const refused = async (event: { type: string; data: object }, message: RegExp) => {
      await assert.rejects(deciding(event), (error) => error instanceof ContractError && message.test(error.message));
      assert.equal(await stored(orderId), undefined);
      assert.deepEqual(await sentFor(orderId), []);
    };

    it("lets no event leave that its schema refuses", () =>
      refused(
        { type: "OrderPlaced", data: { orderId, lines: [{ sku: "", quantity: 1 }] } },
        /^orders\.OrderPlaced breaks its contract at #\/lines\/0\/sku/,
      ));
    it("nor one that the command does not declare", () =>
      refused({ type: "OrderConfirmed", data: { orderId } }, /^PlaceOrder led to orders\.OrderConfirmed.*eda\.yaml/));
    it("nor one of another aggregate", () =>
      refused({ type: "OrderPlaced", data: { orderId: randomUUID(), lines } }, /another orderId/));
  });

  it("refuses a command without an aggregate id", async () => {
    for (const orderId of ["", "x".repeat(256)])
      await assert.rejects(
        execute({ type: "PlaceOrder", data: { orderId, lines } }),
        /orders\.PlaceOrder does not say which Order it is for: orderId must be a text of 1 to 255/,
      );
  });
});
