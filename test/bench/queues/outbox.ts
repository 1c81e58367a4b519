import { fileURLToPath } from "node:url";
import type { Broker } from "../../../templates/runtime/src/broker/broker.ts";
import { createEmbeddedBroker } from "../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../../templates/runtime/src/database/database.ts";
import { createConsumer } from "../../../templates/runtime/src/inbox/consumer.ts";
import { migrate } from "../../../templates/runtime/src/migrations/migrate.ts";
import { insertMessages } from "../../../templates/runtime/src/outbox/insert.ts";
import { messageId } from "../../../templates/runtime/src/outbox/message-id.ts";
import type { OutboxMessage, Relay } from "../../../templates/runtime/src/outbox/outbox.ts";
import { createRelay } from "../../../templates/runtime/src/outbox/relay.ts";
import { say } from "../progress.ts";
import { filling, keys, type OpenQueue, type Queue } from "./queue.ts";

const migrations = ["service", "outbox-migration"].map((template) =>
  fileURLToPath(new URL(`../../../templates/${template}/migrations`, import.meta.url)),
);
const topic = "orders.order.events";
const type = "orders.OrderChanged";
const partitions = 12;

/** Makes the relay between an outbox and a broker. */
export type MakeRelay = (database: Database, broker: Broker) => Relay;

/** The way of a generated system: outbox, relay, embedded broker, inbox; two services, each with its database. */
export function outboxToHandler(queue: Pick<Queue, "name" | "messages">, makeRelay: MakeRelay): Queue {
  return {
    ...queue,
    async open(databaseUrl) {
      const ends = await open(databaseUrl);
      const consumerDatabase = await migrated(await databaseUrl("consumer"));
      let handled: (sent: number) => void = () => undefined;
      const consumer = createConsumer({
        name: "inventory",
        database: consumerDatabase,
        broker: ends.broker,
        topics: [topic],
        handlers: { [type]: async () => undefined },
        observer: {
          handled: ({ data }) => handled((data as { sent: number }).sent),
          interrupted: (error) => say(`  the consumer is interrupted: ${error}`),
        },
      });
      await consumer.start();
      await warmedUp(ends.broker, (each) => {
        handled = each;
      });
      const relay = makeRelay(ends.database, ends.broker);
      return {
        ...ends.queue,
        async start(each) {
          handled = each;
          await relay.start();
        },
        async send(sent) {
          await ends.database.transaction((tx) => insertMessages(tx, [message(sent)]));
          relay.kick();
        },
        async stop() {
          await relay.stop();
          await consumer.stop();
          await consumerDatabase.close();
          await ends.queue.stop();
        },
      };
    },
  };
}

/** The relay alone: from the outbox until the embedded broker has acknowledged. */
export function outboxToBroker(queue: Pick<Queue, "name" | "messages">): Queue {
  return {
    ...queue,
    async open(databaseUrl) {
      const { database, broker, queue: ends } = await open(databaseUrl);
      let relay: Relay | undefined;
      return {
        ...ends,
        async start(handled) {
          const published = (count: number) => {
            for (let n = 0; n < count; n++) handled(0);
          };
          relay = createRelay({ database, broker, observer: { published } });
          await relay.start();
        },
        async stop() {
          await relay?.stop();
          await ends.stop();
        },
      };
    },
  };
}

interface Ends {
  readonly database: Database;
  readonly broker: Broker;
  readonly queue: Pick<OpenQueue, "fill" | "stop">;
}

async function open(databaseUrl: (name: string) => Promise<string>): Promise<Ends> {
  const database = await migrated(await databaseUrl("producer"));
  const broker = await createEmbeddedBroker({ url: await databaseUrl("broker") });
  await broker.ensureTopics([{ name: topic, partitions }]);
  const fill = async (count: number) => {
    for (let from = 0; from < count; from += 1_000) {
      const some = Array.from({ length: Math.min(1_000, count - from) }, (_, at) => message(from + at));
      await database.transaction((tx) => insertMessages(tx, some));
    }
  };
  const stop = async () => {
    await broker.close();
    await database.close();
  };
  return { database, broker, queue: { fill, stop } };
}

async function migrated(url: string): Promise<Database> {
  const database = createDatabase({ url });
  for (const folder of migrations) await migrate(database, folder);
  return database;
}

function message(sent: number): OutboxMessage {
  const key = `order-${Math.floor(sent) % keys}`;
  const envelope = { type, source: "/orders", subject: key, correlationid: messageId() };
  return { topic, key, aggregateType: "Order", envelope, data: { sent, filling } };
}

/** Resolves when the consumer has been handed something of every partition, so that none is waited for later. */
async function warmedUp(broker: Broker, listen: (handled: (sent: number) => void) => void): Promise<void> {
  const records = Array.from({ length: partitions * 20 }, (_, at) => ({
    topic,
    key: `warm-up-${at}`,
    value: new TextEncoder().encode(JSON.stringify({ sent: at })),
    headers: { eda: JSON.stringify(envelopeOf(`warm-up-${at}`)) },
  }));
  const all = Promise.withResolvers<void>();
  let left = records.length;
  listen(() => {
    left -= 1;
    if (left === 0) all.resolve();
  });
  await broker.publish(records);
  await all.promise;
}

function envelopeOf(subject: string): object {
  const id = messageId();
  return { id, type, source: "/orders", subject, time: new Date().toISOString(), correlationid: id };
}
