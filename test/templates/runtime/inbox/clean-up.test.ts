import assert from "node:assert/strict";
import { cleanUpInbox } from "../../../../templates/runtime/src/inbox/clean-up.ts";
import type { ConsumerOptions } from "../../../../templates/runtime/src/inbox/consumer-options.ts";
import { listDeadLetters, replayDeadLetter } from "../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../templates/runtime/src/inbox/handle-batch.ts";
import { letterReplayer } from "../../../../templates/runtime/src/inbox/replay.ts";
import { memoryBroker } from "../outbox/memory-broker.ts";
import { type OutboxDatabase, outboxDatabase } from "../outbox/outbox-database.ts";
import { batchOf, delivered, deliveries, noting, topic } from "./delivery.ts";

const DAY = 24 * 3_600_000;

describe("the inbox's horizon", () => {
  let database: OutboxDatabase;
  let heard: ReturnType<typeof noting>;
  let failing = false;
  beforeEach(async () => {
    database = await outboxDatabase();
    heard = noting();
    failing = false;
  });
  afterEach(() => database.drop());

  const options = (consumer = "inventory"): ConsumerOptions => ({
    name: consumer,
    database,
    broker: memoryBroker(),
    topics: [topic],
    retry: { attempts: 1 },
    observer: heard.observer,
    handlers: {
      "orders.OrderChanged": async () => {
        if (failing) throw new Error("no");
      },
    },
  });
  const age = (interval: string) => database.query(`UPDATE inbox SET decided_at = decided_at - interval '${interval}'`);
  const marks = async () => (await database.query("SELECT FROM inbox")).count;

  it("forgets the marks of this consumer that are older, and no other", async () => {
    await batchHandler(options())(batchOf(deliveries(0n, ["a", 1])));
    await batchHandler(options("other"))(batchOf(deliveries(0n, ["a", 1])));
    await age("31 days");
    await batchHandler(options())(batchOf(deliveries(1n, ["a", 2])));
    await cleanUpInbox(database, "inventory", 30 * DAY);
    assert.deepEqual((await database.query("SELECT consumer FROM inbox ORDER BY 1")).rows, [
      { consumer: "inventory" },
      { consumer: "other" },
    ]);
  });

  // Trap 7. Red when `isForgotten` in decide.ts is always false: the message is applied a second time.
  it("skips what comes again from before it, for its mark is gone", async () => {
    const old = delivered("a", 1, { offset: 0n, timestamp: new Date(Date.now() - 31 * DAY) });
    await batchHandler(options())(batchOf([old, ...deliveries(1n, ["a", 2])]));
    await age("31 days");
    await cleanUpInbox(database, "inventory", 30 * DAY);
    assert.equal(await marks(), 0);
    heard.notes.length = 0;
    await batchHandler(options())(batchOf([old]));
    assert.deepEqual(heard.notes, ["forgotten a1"]);
  });

  it("still handles an old message that this consumer has not come to yet", async () => {
    await batchHandler(options())(batchOf(deliveries(0n, ["a", 1])));
    await cleanUpInbox(database, "inventory", 30 * DAY);
    const old = delivered("a", 2, { offset: 1n, timestamp: new Date(Date.now() - 31 * DAY) });
    await batchHandler(options())(batchOf([old]));
    assert.deepEqual(heard.notes, ["handled a1", "handled a2"]);
  });

  it("outlives nothing of an open dead letter: replayed after it, the message is handled once", async () => {
    failing = true;
    const records = deliveries(0n, ["a", 1]);
    await batchHandler(options())(batchOf(records));
    await age("31 days");
    await cleanUpInbox(database, "inventory", 30 * DAY);
    assert.equal(await marks(), 0);
    failing = false;
    heard.notes.length = 0;
    await replayDeadLetter(database, (await listDeadLetters(database))[0]!.id);
    await letterReplayer(options())(new AbortController().signal);
    await batchHandler(options())(batchOf(records));
    assert.deepEqual(heard.notes, ["handled a1", "duplicate a1"]);
  });

  it("forgets resolved letters, and no open one", async () => {
    failing = true;
    await batchHandler(options())(batchOf(deliveries(0n, ["a", 1], ["b", 1])));
    failing = false;
    const [first] = await listDeadLetters(database);
    await replayDeadLetter(database, first!.id);
    await letterReplayer(options())(new AbortController().signal);
    await database.query("UPDATE dead_letter SET resolved_at = resolved_at - interval '31 days', created_at = 'epoch'");
    await cleanUpInbox(database, "inventory", 30 * DAY);
    const { rows } = await database.query("SELECT key, status FROM dead_letter");
    assert.deepEqual(rows, [{ key: "b", status: "failed" }]);
  });
});
