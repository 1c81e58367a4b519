import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Transaction } from "../../../../templates/runtime/src/database/database.ts";
import { enter } from "../../../../templates/runtime/src/inbox/enter.ts";
import { batchHandler } from "../../../../templates/runtime/src/inbox/handle-batch.ts";
import { readItem } from "../../../../templates/runtime/src/inbox/item.ts";
import { memoryBroker, until } from "../outbox/memory-broker.ts";
import { type OutboxDatabase, outboxDatabase } from "../outbox/outbox-database.ts";
import { batchOf, delivered, deliveries, topic } from "./delivery.ts";

describe("inbox traps", () => {
  let database: OutboxDatabase;
  beforeEach(async () => {
    database = await outboxDatabase();
    await database.query("CREATE TABLE effect (n int)");
  });
  afterEach(() => database.drop());

  const waiters = async () =>
    (await database.query("SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")).count;

  /** Of a partition for each transaction, whose positions let both in. */
  let partition = 0;
  const only = (id: string) => ({
    items: [readItem({ ...delivered("a", 1, { offset: 0n, id }), partition: partition++ })],
  });

  /** Two transactions that both want to handle one message; the first ends as told once the second has asked. */
  async function bothTry(decide: (tx: Transaction) => Promise<boolean>, end: "commits" | "rolls back") {
    const asked = Promise.withResolvers<void>();
    const first = database
      .transaction(async (tx) => {
        const mine = await decide(tx);
        await asked.promise;
        if (end === "rolls back") throw new Error("the first fails");
        return mine;
      })
      .catch(() => false);
    const ready = Promise.withResolvers<void>();
    let decided = false;
    const second = database.transaction(async (tx) => {
      ready.resolve();
      const mine = await decide(tx);
      decided = true;
      return mine;
    });
    await ready.promise;
    await until(async () => decided || (await waiters()) > 0);
    asked.resolve();
    return Promise.all([first, second]);
  }

  // Trap 6. Red when enter.ts asks with a SELECT before it inserts.
  it("6: of two that try at once the second waits and then knows", async () => {
    const id = randomUUID();
    const decide = async (tx: Transaction) => (await enter(tx, "inventory", [only(id)])).unseen.size === 1;
    assert.deepEqual(await bothTry(decide, "commits"), [true, false]);
  });

  it("6: and takes over when the first fails", async () => {
    const id = randomUUID();
    const decide = async (tx: Transaction) => (await enter(tx, "inventory", [only(id)])).unseen.size === 1;
    assert.deepEqual(await bothTry(decide, "rolls back"), [false, true]);
  });

  it("6: where a SELECT before the INSERT lets both in", async () => {
    await database.query("CREATE TABLE naive_inbox (message_id uuid)");
    const id = randomUUID();
    const decide = async (tx: Transaction) => {
      const { count } = await tx.query("SELECT FROM naive_inbox WHERE message_id = $1", [id]);
      if (count === 0) await tx.query("INSERT INTO naive_inbox VALUES ($1)", [id]);
      return count === 0;
    };
    assert.deepEqual(await bothTry(decide, "commits"), [true, true]);
  });

  // Trap 6. Red when `decide` marks through the database instead of its transaction.
  it("6: a mark goes when its effect is rolled back", async () => {
    let failures = 1;
    const handle = batchHandler({
      name: "inventory",
      database,
      broker: memoryBroker(),
      topics: [topic],
      retry: { attempts: 2, initialMs: 1 },
      handlers: {
        "orders.OrderChanged": async (_message, tx) => {
          await tx.query("INSERT INTO effect VALUES (1)");
          if (failures-- > 0) throw new Error("no");
        },
      },
    });
    await handle(batchOf(deliveries(0n, ["a", 1])));
    assert.equal((await database.query("SELECT FROM effect")).count, 1);
    assert.equal((await database.query("SELECT FROM dead_letter")).count, 0);
  });

  // Trap 6. Red when the primary key of inbox is message_id alone.
  it("6: each consumer of a service handles a message once", async () => {
    const records = deliveries(0n, ["a", 1]);
    for (const name of ["inventory", "loyalty", "inventory"]) {
      await batchHandler({
        name,
        database,
        broker: memoryBroker(),
        topics: [topic],
        handlers: {
          "orders.OrderChanged": async (_message, tx) => {
            await tx.query("INSERT INTO effect VALUES (1)");
          },
        },
      })(batchOf(records));
    }
    assert.equal((await database.query("SELECT FROM effect")).count, 2);
  });

  // Trap 6. Red when enter.ts does not sort: the two wait for each other, and one is thrown out (40P01).
  it("6: two batches that hold the same messages in opposite order do not block each other", async () => {
    const ids = Array.from({ length: 3 }, () => randomUUID()).toSorted();
    const items = (some: readonly string[]) => some.flatMap((id) => only(id).items);
    const before = await deadlocks();
    // Someone holds the middle one until both wait: unsorted, each would have one that the other needs.
    const free = Promise.withResolvers<void>();
    const holds = Promise.withResolvers<void>();
    const held = database.transaction(async (tx) => {
      await enter(tx, "c", [only(ids[1]!)]);
      holds.resolve();
      await free.promise;
      throw new Error("rolled back");
    });
    await holds.promise;
    const both = [ids, ids.toReversed()].map((some) =>
      database.transaction((tx) => enter(tx, "c", [{ items: items(some) }])),
    );
    await until(async () => (await waiters()) === 2);
    free.resolve();
    await assert.rejects(held, /rolled back/);
    await Promise.all(both);
    assert.equal(await deadlocks(), before);
    assert.equal((await database.query("SELECT FROM inbox")).count, 3);
  });

  async function deadlocks(): Promise<unknown> {
    const { rows } = await database.query(
      "SELECT pg_stat_force_next_flush(), deadlocks FROM pg_stat_database WHERE datname = current_database()",
    );
    return rows[0]?.deadlocks;
  }
});
