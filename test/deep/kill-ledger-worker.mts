import { setTimeout as delay } from "node:timers/promises";
import { createEmbeddedBroker } from "../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../templates/runtime/src/database/create-database.ts";
import { createConsumer } from "../../templates/runtime/src/inbox/consumer.ts";
import { insertMessages } from "../../templates/runtime/src/outbox/insert.ts";
import { createRelay } from "../../templates/runtime/src/outbox/relay.ts";
import type { WorkerSettings } from "./kill-ledger.ts";

/** One process of the kill ledger. It runs until it is killed; a producer stops when it is told so. */
const settings = JSON.parse(process.argv[2]!) as WorkerSettings;
const { role, name, leaseMs } = settings;
if (role === "producer") await produce();
else if (role === "relay") await relay();
else await consume();

async function produce(): Promise<void> {
  const database = createDatabase({ url: settings.producerUrl, max: 4, idleInTransactionTimeoutMs: 3_000 });
  let stopping = false;
  process.once("message", () => {
    stopping = true;
  });
  const worker = async () => {
    while (!stopping) {
      const key = `k${Math.floor(Math.random() * settings.keys)}`;
      // A connection that is lost in a pause is no more than a transaction that did not happen.
      await change(key).catch(() => undefined);
      await delay(settings.pauseMs);
    }
  };
  const change = (key: string) =>
    database.transaction(async (tx) => {
      // The aggregate's row lock, then its position in the outbox.
      const { rows } = await tx.query<{ version: bigint }>(
        `INSERT INTO aggregate AS a (key, version) VALUES ($1, 1)
         ON CONFLICT (key) DO UPDATE SET version = a.version + 1 RETURNING version`,
        [key],
      );
      const version = rows[0]!.version;
      await insertMessages(tx, [
        {
          topic: settings.topic,
          key,
          aggregateType: "Thing",
          envelope: { type: "things.Changed", source: "/things", subject: key, correlationid: "ledger" },
          data: { key, version: String(version) },
        },
      ]);
      // Some transactions last, so that positions and commits differ in their order.
      if (Math.random() < 0.1) await delay(20);
      if (Math.random() < 0.05) throw new Error("rolled back");
    });
  await Promise.all(Array.from({ length: 4 }, worker));
  await database.close();
  process.disconnect();
}

async function relay(): Promise<void> {
  const database = createDatabase({ url: settings.producerUrl, max: 4, idleInTransactionTimeoutMs: 3_000 });
  const broker = await createEmbeddedBroker({ url: settings.brokerUrl, leaseMs });
  const onPublished = async () => {
    // Now and then what was sent is not recorded, as after a crash at that moment, and so it is sent again.
    if (Math.random() < 0.02) throw new Error("the record is lost");
  };
  await createRelay({ database, broker, leaseMs, slowPollMs: 50, batch: 50, onPublished }).start();
}

async function consume(): Promise<void> {
  const database = createDatabase({ url: settings.consumerUrl, max: 6, idleInTransactionTimeoutMs: 3_000 });
  const broker = await createEmbeddedBroker({ url: settings.brokerUrl, leaseMs });
  await createConsumer({
    name: "ledger",
    database,
    broker,
    topics: [settings.topic],
    instance: name,
    handlers: {
      "things.Changed": async (message, tx) => {
        const { key, version } = message.data as { key: string; version: string };
        await tx.query("INSERT INTO applied (key, version) VALUES ($1, $2)", [key, version]);
        // Now and then a handler fails once; the retry must not apply anything twice.
        if (Math.random() < 0.01) throw new Error("a passing failure");
      },
    },
    retry: { attempts: 20, initialMs: 1, maxMs: 10 },
  }).start();
}
