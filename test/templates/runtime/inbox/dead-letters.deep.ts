import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { seededRandom } from "../../../../templates/runtime/src/faults/random.ts";
import type { ConsumerOptions } from "../../../../templates/runtime/src/inbox/consumer-options.ts";
import { DeadLetterStateError } from "../../../../templates/runtime/src/inbox/dead-letter-errors.ts";
import {
  countDeadLetters,
  discardDeadLetter,
  listDeadLetters,
  replayDeadLetter,
} from "../../../../templates/runtime/src/inbox/dead-letters.ts";
import { batchHandler } from "../../../../templates/runtime/src/inbox/handle-batch.ts";
import { letterReplayer } from "../../../../templates/runtime/src/inbox/replay.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { memoryBroker } from "../outbox/memory-broker.ts";
import { outboxDatabase } from "../outbox/outbox-database.ts";
import { batchOf, delivered, topic } from "./delivery.ts";

const BATCHES = 150;

/** Two members that hold the same batches, three that replay, an operator in a hurry: all at once, on five keys. */
describe("dead letters under load", () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`keep each key's order and apply all once that is not discarded, seed ${seed}`, async () => {
      const random = seededRandom(seed);
      const database = await outboxDatabase({ max: 20 });
      await database.query("CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, key text, version int)");
      let failing = 0.3;
      const options: ConsumerOptions = {
        name: "inventory",
        database,
        broker: memoryBroker(),
        topics: [topic],
        retry: { attempts: 2, initialMs: 1 },
        handlers: {
          "orders.OrderChanged": async ({ key, data }, tx) => {
            await tx.query("INSERT INTO effect (key, version) VALUES ($1, $2)", [
              key,
              (data as { version: number }).version,
            ]);
            if (random() < failing) throw new Error("not this time");
          },
        },
      };
      const handle = batchHandler(options);
      const over = new AbortController();
      const repeatedly = async (work: () => Promise<void>) => {
        while (!over.signal.aborted) {
          await work();
          await delay(3);
        }
      };
      let discarded = 0;
      const operate = async () => {
        for (const { id, status } of await listDeadLetters(database, {}, { limit: 500 })) {
          const choice = random();
          if (status === "failed" && choice < 0.6) await unlessDecided(replayDeadLetter(database, id));
          else if (choice < 0.05 && (await unlessDecided(discardDeadLetter(database, id, "test"))) !== undefined)
            discarded++;
        }
      };
      const replay = letterReplayer(options);
      const others = [1, 2, 3].map(() => repeatedly(() => replay(over.signal))).concat(repeatedly(operate));

      const versions = new Map<string, number>();
      let offset = 0n;
      for (let n = 0; n < BATCHES; n++) {
        const records = Array.from({ length: 1 + Math.floor(random() * 20) }, () => {
          const key = `k${Math.floor(random() * 5)}`;
          const version = (versions.get(key) ?? 0) + 1;
          versions.set(key, version);
          return delivered(key, version, { offset: offset++ });
        });
        await Promise.all([handle(batchOf(records)), delay(random() * 5).then(() => handle(batchOf(records)))]);
      }
      failing = 0;
      await eventually(async () => (await countDeadLetters(database)) === 0, { withinMs: 60_000 });
      over.abort();
      await Promise.all(others);

      const { rows } = await database.query<{ key: string; version: number }>(
        "SELECT key, version FROM effect ORDER BY id",
      );
      for (const [key, applied] of Map.groupBy(rows, (row) => row.key)) {
        const order = applied.map(({ version }) => version);
        assert.deepEqual(
          order,
          [...new Set(order)].sort((a, b) => a - b),
          key,
        );
      }
      assert.equal(rows.length + discarded, Number(offset));
      assert.equal((await database.query("SELECT FROM dead_letter_key")).count, 0);
      await database.drop();
    });
  }
});

/** Somebody else was first. */
async function unlessDecided<T>(deciding: Promise<T>): Promise<T | undefined> {
  return deciding.catch((error: unknown) => {
    if (error instanceof DeadLetterStateError) return undefined;
    throw error;
  });
}
