import assert from "node:assert/strict";
import type { Transaction } from "../../../../templates/runtime/src/database/database.ts";
import { BeginAnewError, type ConsumerOptions } from "../../../../templates/runtime/src/inbox/consumer-options.ts";
import { listDeadLetters } from "../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../templates/runtime/src/inbox/handle-batch.ts";
import type { Message } from "../../../../templates/runtime/src/message/message.ts";
import { memoryBroker } from "../outbox/memory-broker.ts";
import { type OutboxDatabase, outboxDatabase } from "../outbox/outbox-database.ts";
import { batchOf, deliveries, noting, topic } from "./delivery.ts";

describe("togetherWithOthers", () => {
  let database: OutboxDatabase;
  let heard: ReturnType<typeof noting>;
  before(async () => {
    database = await outboxDatabase();
    await database.query("CREATE TABLE effect (name text NOT NULL, tx text DEFAULT pg_current_xact_id()::text)");
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.query("TRUNCATE effect, inbox, inbox_position, dead_letter, dead_letter_key");
    heard = noting();
  });

  const name = ({ key, data }: Message) => `${key}${(data as { version: number }).version}`;
  const refusing =
    (refused: readonly string[] = []) =>
    async (messages: readonly Message[], tx: Transaction) => {
      for (const message of messages) await tx.query("INSERT INTO effect (name) VALUES ($1)", [name(message)]);
      if (messages.some((message) => refused.includes(name(message)))) throw new Error("refused");
    };
  const handler = (more: Partial<ConsumerOptions>) =>
    batchHandler({
      name: "inventory",
      database,
      broker: memoryBroker(),
      topics: [topic],
      handlers: {},
      keepsOrder: false,
      retry: { attempts: 2, initialMs: 1 },
      observer: heard.observer,
      ...more,
    });
  /** A batch of each partition, from 0 on, each with offsets from 0 on. */
  const batches = (...partitions: Parameters<typeof deliveries>[1][][]) =>
    partitions.map((versions, partition) =>
      batchOf(deliveries(0n, ...versions).map((record) => ({ ...record, partition }))),
    );
  const effects = async () =>
    (
      await database.query<{ names: string }>(
        "SELECT string_agg(name, ' ' ORDER BY name) AS names FROM effect GROUP BY tx",
      )
    ).rows
      .map(({ names }) => names)
      .toSorted();
  const positions = async () =>
    (
      await database.query<{ at: string }>(
        "SELECT partition || ':' || next_offset AS at FROM inbox_position ORDER BY partition",
      )
    ).rows.map(({ at }) => at);

  // Red when the positions are not each partition's own.
  it("handles what several partitions hand over at once in one transaction", async () => {
    const handle = handler({ handleAll: refusing() });
    const all = batches(
      [["a", 1]],
      [
        ["b", 1],
        ["b", 2],
      ],
      [["c", 1]],
    );
    await Promise.all(all.map(handle));
    assert.deepEqual(await effects(), ["a1 b1 b2 c1"]);
    assert.deepEqual(await positions(), ["0:1", "1:2", "2:1"]);
    assert.deepEqual(
      all.map(({ commits }) => commits),
      [[1n], [2n], [1n]],
    );
    await Promise.all(batches([["d", 1]], [["e", 1]]).map(handler({ handleAll: refusing() })));
    assert.equal((await effects()).length, 2);
  });

  // Red when a failure of all is taken for a success of each, or for a failure of each.
  it("gives up one partition's message alone, and the others' are handled once", async () => {
    const handle = handler({ handleAll: refusing(["b2"]) });
    await Promise.all(
      batches(
        [["a", 1]],
        [
          ["b", 1],
          ["b", 2],
          ["b", 3],
        ],
        [["c", 1]],
      ).map(handle),
    );
    assert.deepEqual((await effects()).join(" ").split(" ").toSorted(), ["a1", "b1", "b3", "c1"]);
    assert.deepEqual(
      (await listDeadLetters(database)).map(({ key, partition }) => `${key} ${partition}`),
      ["b 1"],
    );
    assert.deepEqual(await positions(), ["0:1", "1:3", "2:1"]);
    assert.equal(heard.notes.filter((note) => note.startsWith("handled")).length, 4);
  });

  it("tells what had been handled before, whichever partition brings it again", async () => {
    const first = batches([["a", 1]], [["b", 1]]);
    await Promise.all(first.map(handler({ handleAll: refusing() })));
    const again = first.map(({ records }) => batchOf(records));
    await Promise.all(again.map(handler({ handleAll: refusing() })));
    assert.deepEqual(await effects(), ["a1 b1"]);
    assert.equal(heard.notes.filter((note) => note.startsWith("duplicate")).length, 2);
  });

  it("does not wait for a partition whose handler takes its time", async () => {
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const handle = handler({
      async handleAll(messages, tx) {
        await refusing()(messages, tx);
        if (name(messages[0]!) !== "slow1") return;
        begun.resolve();
        await held.promise;
      },
    });
    const [slow, other] = batches([["slow", 1]], [["a", 1]]);
    const waiting = handle(slow!);
    await begun.promise;
    await handle(other!);
    held.resolve();
    await waiting;
    assert.deepEqual(await effects(), ["a1", "slow1"]);
  });

  // Red when together.ts or attempt.ts take it for any other failure: then the messages come one by one.
  it("tries again together what wants to begin anew, of several partitions and of one", async () => {
    const sizes: number[] = [];
    const again = () =>
      handler({
        async handleAll(messages, tx) {
          sizes.push(messages.length);
          if (sizes.length === 1) throw new BeginAnewError();
          await refusing()(messages, tx);
        },
      });
    const handle = again();
    await Promise.all(
      batches(
        [["a", 1]],
        [
          ["b", 1],
          ["b", 2],
        ],
      ).map(handle),
    );
    assert.deepEqual(sizes.splice(0), [3, 3]);
    await again()(batchOf(deliveries(7n, ["c", 1], ["c", 2])));
    assert.deepEqual(sizes, [2, 2]);
    assert.equal((await effects()).length, 2);
  });

  it("leaves each partition its own transaction where keys wait for letters", async () => {
    await Promise.all(batches([["a", 1]], [["b", 1]]).map(handler({ handleAll: refusing(), keepsOrder: true })));
    assert.deepEqual(await effects(), ["a1", "b1"]);
  });
});
