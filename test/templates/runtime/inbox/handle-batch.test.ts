import assert from "node:assert/strict";
import { createDatabase } from "../../../../templates/runtime/src/database/create-database.ts";
import type { ConsumerOptions } from "../../../../templates/runtime/src/inbox/consumer-options.ts";
import { listDeadLetters, showDeadLetter } from "../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../templates/runtime/src/inbox/handle-batch.ts";
import type { Message } from "../../../../templates/runtime/src/message/message.ts";
import { memoryBroker } from "../outbox/memory-broker.ts";
import { type OutboxDatabase, outboxDatabase } from "../outbox/outbox-database.ts";
import { batchOf, delivered, deliveries, noting, topic } from "./delivery.ts";

describe("a consumer's batch", () => {
  let database: OutboxDatabase;
  /** Versions that the handler refuses, as `a1`. */
  let refused: Set<string>;
  let attempts: string[];
  let heard: ReturnType<typeof noting>;
  before(async () => {
    database = await outboxDatabase();
    await database.query("CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, name text NOT NULL)");
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.query("TRUNCATE effect, inbox, inbox_position, dead_letter, dead_letter_key");
    refused = new Set();
    attempts = [];
    heard = noting();
  });

  const name = ({ key, data }: Message) => `${key}${(data as { version: number }).version}`;
  const effects = async () =>
    (await database.query<{ name: string }>("SELECT name FROM effect ORDER BY id")).rows.map((row) => row.name);
  const handler = (options: Partial<ConsumerOptions> = {}) =>
    batchHandler({
      name: "inventory",
      database,
      broker: memoryBroker(),
      topics: [topic],
      retry: { attempts: 3, initialMs: 1 },
      observer: heard.observer,
      handlers: {
        "orders.OrderChanged": async (message, tx) => {
          attempts.push(name(message));
          await tx.query("INSERT INTO effect (name) VALUES ($1)", [name(message)]);
          if (refused.has(name(message))) throw new Error(`${name(message)} is refused`);
        },
      },
      ...options,
    });

  it("is handled in order, in one transaction, and committed after it", async () => {
    const batch = batchOf(deliveries(5n, ["a", 1], ["b", 1], ["a", 2]));
    await handler()(batch);
    assert.deepEqual(await effects(), ["a1", "b1", "a2"]);
    assert.deepEqual(batch.commits, [8n]);
    const { rows } = await database.query("SELECT count(DISTINCT xmin::text) AS transactions FROM effect");
    assert.deepEqual(rows, [{ transactions: 1n }]);
  });

  // Red with the transaction's own five attempts for a batch: all of them collide, and b is blamed for it.
  it("that collides with another transaction is handled one by one, and nobody is blamed", async () => {
    const colliding = handler({
      handlers: {
        "orders.OrderChanged": async (message, tx) => {
          attempts.push(name(message));
          const { count } = await tx.query("SELECT FROM effect WHERE xmin::text = pg_current_xact_id()::text");
          if (count > 0) await tx.query("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$");
          await tx.query("INSERT INTO effect (name) VALUES ($1)", [name(message)]);
        },
      },
    });
    const batch = batchOf(deliveries(5n, ["a", 1], ["b", 1], ["a", 2]));
    await colliding(batch);
    assert.deepEqual(await effects(), ["a1", "b1", "a2"]);
    assert.deepEqual(attempts, ["a1", "b1", "a1", "b1", "a2"]);
    assert.deepEqual(heard.notes, ["handled a1", "handled b1", "handled a2"]);
    assert.deepEqual(batch.commits, [8n]);
  });

  it("has no effect a second time", async () => {
    const records = deliveries(0n, ["a", 1], ["a", 2]);
    await handler()(batchOf(records));
    await handler()(batchOf(records));
    assert.deepEqual(await effects(), ["a1", "a2"]);
    assert.deepEqual(heard.notes, ["handled a1", "handled a2", "duplicate a1", "duplicate a2"]);
  });

  it("has one effect of a message that it holds twice, at two offsets", async () => {
    const [first] = deliveries(0n, ["a", 1]);
    await handler()(batchOf([first!, { ...first!, offset: 1n }]));
    assert.deepEqual(await effects(), ["a1"]);
    assert.deepEqual(heard.notes, ["handled a1", "duplicate a1"]);
  });

  it("passes by what nobody handles, without a mark", async () => {
    const batch = batchOf([delivered("a", 1, { offset: 0n, type: "orders.Other" })]);
    await handler()(batch);
    assert.deepEqual(batch.commits, [1n]);
    assert.deepEqual((await database.query("SELECT FROM inbox")).count, 0);
  });

  it("takes no inherited property for a handler", async () => {
    await handler()(batchOf([delivered("a", 1, { offset: 0n, type: "constructor" })]));
    assert.deepEqual(heard.notes, []);
  });

  it("retries a failing message alone, in its place, and then goes on", async () => {
    refused.add("b1");
    const batch = batchOf(deliveries(0n, ["a", 1], ["b", 1], ["a", 2]));
    const done = handler({
      observer: {
        ...heard.observer,
        failed: (message) => {
          heard.notes.push(`failed ${name(message)}`);
          if (heard.notes.filter((note) => note === "failed b1").length === 2) refused.clear();
        },
      },
    })(batch);
    await done;
    assert.deepEqual(await effects(), ["a1", "b1", "a2"]);
    assert.deepEqual(attempts, ["a1", "b1", "a1", "b1", "b1", "a2"]);
    assert.deepEqual(batch.commits, [1n, 3n]);
  });

  it("gives a message up after its attempts, parks those of its key behind it, and lets other keys go on", async () => {
    refused.add("bad1");
    await handler()(batchOf(deliveries(0n, ["a", 1], ["bad", 1], ["bad", 2], ["a", 2])));
    await handler()(batchOf(deliveries(4n, ["bad", 3], ["a", 3])));
    assert.deepEqual(await effects(), ["a1", "a2", "a3"]);
    const letters = await listDeadLetters(database);
    assert.deepEqual(
      letters.map((letter) => [letter.key, letter.status, letter.attempts, letter.error, letter.offset]),
      [
        ["bad", "failed", 3, "bad1 is refused", 1n],
        ["bad", "waiting", 0, null, 2n],
        ["bad", "waiting", 0, null, 4n],
      ],
    );
    const letter = await showDeadLetter(database, letters[0]!.id);
    assert.match(letter.stack ?? "", /bad1 is refused\n {4}at /);
    assert.deepEqual(JSON.parse(Buffer.from(letter.payload).toString()), { orderId: "bad", version: 1 });
    assert.equal(letter.headers.id, letter.messageId);
  });

  it("writes no letter twice when the batch comes again", async () => {
    refused.add("bad1");
    const records = deliveries(0n, ["bad", 1], ["bad", 2]);
    await handler()(batchOf(records));
    await handler()(batchOf(records));
    assert.equal((await listDeadLetters(database)).length, 2);
    assert.deepEqual(attempts, ["bad1", "bad1", "bad1", "bad1"], "once together, three times alone");
  });

  it("gives an unreadable record up at once, once, and parks its key", async () => {
    const [good] = deliveries(1n, ["x", 1]);
    const broken = { ...good!, offset: 0n, value: Buffer.from("{"), headers: { ...good!.headers, id: "\u0000" } };
    const records = [broken, good!, ...deliveries(2n, ["a", 1])];
    await handler()(batchOf(records));
    await handler()(batchOf(records));
    assert.deepEqual(await effects(), ["a1"]);
    assert.deepEqual(
      (await listDeadLetters(database)).map((letter) => [letter.status, letter.messageId === null, letter.error]),
      [
        ["failed", true, `the record at ${topic}[0]@0 is no message: its value is no JSON in UTF-8`],
        ["waiting", false, null],
      ],
    );
  });

  it("blames no message when its partition is taken away in a pause", async () => {
    refused.add("a1");
    const controller = new AbortController();
    const running = handler({
      retry: { attempts: 5, initialMs: 60_000 },
      observer: { failed: () => controller.abort() },
    })(batchOf(deliveries(0n, ["a", 1]), controller.signal));
    await assert.rejects(running, { name: "AbortError" });
    assert.deepEqual(await listDeadLetters(database), []);
    assert.deepEqual((await database.query("SELECT FROM inbox")).count, 0);
  });

  // Red when `bury` in bury.ts writes the letter without the mark.
  it("buries nothing that another member has handled meanwhile", async () => {
    refused.add("a1");
    const records = deliveries(0n, ["a", 1]);
    let failures = 0;
    await handler({
      handlers: {
        "orders.OrderChanged": async () => {
          failures++;
          throw new Error("only here");
        },
      },
      observer: {
        failed: () => {
          if (failures === 3) refused.clear();
        },
      },
      database: {
        ...database,
        async transaction(work, options) {
          // The last moment: the attempts are used up, the letter is not written yet.
          if (failures === 3 && refused.size === 0) {
            failures++;
            await handler()(batchOf(records));
          }
          return database.transaction(work, options);
        },
      },
    })(batchOf(records));
    assert.deepEqual(await effects(), ["a1"]);
    assert.deepEqual(await listDeadLetters(database), []);
  });

  it("loses nothing when a handler swallows a failed statement", async () => {
    await handler({
      handlers: {
        "orders.OrderChanged": async (message, tx) => {
          if (attempts.push(name(message)) < 3) await tx.query("SELECT 1/0").catch(() => undefined);
          else await tx.query("INSERT INTO effect (name) VALUES ($1)", [name(message)]);
        },
      },
    })(batchOf(deliveries(0n, ["a", 1], ["b", 1])));
    assert.deepEqual((await effects()).toSorted(), ["a1", "b1"]);
  });

  // Red when the ones before a failing message are always handled together: they fail together for ever.
  it("gets on when a handler swallows a failed statement and the next one fails for it", async () => {
    const controller = new AbortController();
    const failing = handler({
      handlers: {
        "orders.OrderChanged": async (message, tx) => {
          if (attempts.push(name(message)) > 50) controller.abort();
          if (name(message) === "bad1") await tx.query("SELECT 1/0").catch(() => undefined);
          else await tx.query("INSERT INTO effect (name) VALUES ($1)", [name(message)]);
        },
      },
    });
    await failing(batchOf(deliveries(0n, ["a", 1], ["bad", 1], ["b", 1], ["a", 2]), controller.signal));
    assert.deepEqual(await effects(), ["a1", "b1", "a2"]);
    assert.deepEqual(
      (await listDeadLetters(database)).map((letter) => [letter.key, letter.status]),
      [["bad", "failed"]],
    );
  });

  // Red when decodeRecord takes the id as it is written: the mark has another spelling, and says "done before".
  it("handles a message whose id is written in capitals", async () => {
    const id = "0AF7651916CD43DD8448EB211C80319C".replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    await handler()(batchOf([delivered("a", 1, { offset: 0n, id })]));
    await handler()(batchOf([delivered("a", 1, { offset: 1n, id: id.toLowerCase() })]));
    assert.deepEqual(heard.notes, ["handled a1", "duplicate a1"]);
  });

  // Red without toWellFormed in storableText: no letter can be written, and the partition stands still.
  it("buries a record whose headers hold half a surrogate pair", async () => {
    const [good] = deliveries(0n, ["x", 1]);
    await handler()(batchOf([{ ...good!, headers: { eda: "{", "half \ud83d": "pair \udd2e" } }]));
    assert.equal((await listDeadLetters(database)).length, 1);
  });

  // Red when isUnavailable in errors.ts takes a transaction that was idle for too long for a server that is away: the
  // batch comes again for ever.
  it("gives up a message whose handler never ends", async () => {
    const impatient = createDatabase({ url: database.url, idleInTransactionTimeoutMs: 400 });
    try {
      await handler({
        database: impatient,
        retry: { attempts: 2, initialMs: 1 },
        handlers: {
          "orders.OrderChanged": async (message, tx) => {
            if (name(message) === "bad1") await new Promise(() => undefined);
            await tx.query("INSERT INTO effect (name) VALUES ($1)", [name(message)]);
          },
        },
      })(batchOf(deliveries(0n, ["a", 1], ["bad", 1], ["a", 2])));
    } finally {
      await impatient.close();
    }
    assert.deepEqual(await effects(), ["a1", "a2"]);
    const [letter] = await listDeadLetters(database);
    assert.deepEqual([letter?.key, letter?.attempts], ["bad", 2]);
    assert.match(letter?.error ?? "", /idle for too long/);
  });

  it("retries a deadlock of two handlers without counting it as a failure", async () => {
    await database.query("CREATE TABLE pair (id int PRIMARY KEY, n int); INSERT INTO pair VALUES (1, 0), (2, 0)");
    const met = gate(2);
    const crossing = (consumer: string, first: number, second: number) =>
      handler({
        name: consumer,
        handlers: {
          "orders.OrderChanged": async (_message, tx) => {
            await tx.query("UPDATE pair SET n = n + 1 WHERE id = $1", [first]);
            await met();
            await tx.query("UPDATE pair SET n = n + 1 WHERE id = $1", [second]);
          },
        },
      })(batchOf(deliveries(0n, ["a", 1])));
    await Promise.all([crossing("one", 1, 2), crossing("two", 2, 1)]);
    assert.deepEqual((await database.query("SELECT n FROM pair")).rows, [{ n: 2 }, { n: 2 }]);
    assert.deepEqual(heard.notes, ["handled a1", "handled a1"]);
  });
});

/** Resolves for everybody once `count` have come. Those that come later pass. */
function gate(count: number): () => Promise<void> {
  let waiting = count;
  const { promise, resolve } = Promise.withResolvers<void>();
  return () => {
    if (--waiting <= 0) resolve();
    return promise;
  };
}
