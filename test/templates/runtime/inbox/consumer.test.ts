import assert from "node:assert/strict";
import type { Broker } from "../../../../templates/runtime/src/broker/broker.ts";
import { createEmbeddedBroker } from "../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createConsumer } from "../../../../templates/runtime/src/inbox/consumer.ts";
import type { Consumer, ConsumerOptions } from "../../../../templates/runtime/src/inbox/consumer-options.ts";
import {
  countDeadLetters,
  listDeadLetters,
  replayDeadLetter,
} from "../../../../templates/runtime/src/inbox/dead-letters.ts";
import { insertMessages } from "../../../../templates/runtime/src/outbox/insert.ts";
import type { Relay } from "../../../../templates/runtime/src/outbox/outbox.ts";
import { createRelay } from "../../../../templates/runtime/src/outbox/relay.ts";
import { type TestDatabase, testDatabase } from "../../../support/postgres.ts";
import { until } from "../outbox/memory-broker.ts";
import { happened, type OutboxDatabase, outboxDatabase } from "../outbox/outbox-database.ts";
import { noting, topic } from "./delivery.ts";

describe("a consumer behind an outbox", () => {
  let database: OutboxDatabase;
  let brokerDatabase: TestDatabase;
  let broker: Broker;
  let relay: Relay;
  const consumers: Consumer[] = [];
  beforeEach(async () => {
    database = await outboxDatabase();
    await database.query("CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, name text NOT NULL)");
    brokerDatabase = await testDatabase();
    broker = await createEmbeddedBroker({ url: brokerDatabase.url, leaseMs: 500 });
    await broker.ensureTopics([{ name: topic, partitions: 3 }]);
    relay = createRelay({ database, broker });
    await relay.start();
  });
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.stop()));
    await relay.stop();
    await broker.close();
    await brokerDatabase.drop();
    await database.drop();
  });

  async function send(...versions: [key: string, version: number][]): Promise<void> {
    await database.transaction((tx) =>
      insertMessages(
        tx,
        versions.map(([key, version]) => happened(key, version)),
      ),
    );
    relay.kick();
  }
  async function consume(options: Partial<ConsumerOptions> = {}): Promise<Consumer> {
    const consumer = createConsumer({
      name: "inventory",
      database,
      broker,
      topics: [topic],
      replayPollMs: 20,
      retry: { attempts: 2, initialMs: 1 },
      handlers: {
        "orders.OrderChanged": async (message, tx) => {
          await tx.query("INSERT INTO effect (name) VALUES ($1)", [
            `${message.key}${(message.data as { version: number }).version}`,
          ]);
        },
      },
      ...options,
    });
    consumers.push(consumer);
    await consumer.start();
    return consumer;
  }
  const effects = async () =>
    (await database.query<{ name: string }>("SELECT name FROM effect ORDER BY id")).rows.map((row) => row.name);
  const ofA = async () => (await effects()).filter((name) => name.startsWith("a"));

  it("handles each message once, in order per key, across a stop and a start", async () => {
    const first = await consume();
    await send(["a", 1], ["b", 1], ["a", 2]);
    await until(async () => (await effects()).length === 3);
    await first.stop();
    await send(["a", 3]);
    await consume();
    await until(async () => (await effects()).length === 4);
    assert.deepEqual(await ofA(), ["a1", "a2", "a3"]);
  });

  it("says when it has committed, so that what its handlers put into the outbox leaves at once", async () => {
    let commits = 0;
    await consume({ onCommit: () => void commits++ });
    await send(["a", 1]);
    await until(() => commits === 1);
    assert.deepEqual(await effects(), ["a1"]);
  });

  it("keeps a dead letter and what waits behind it across a restart, and replays them when asked", async () => {
    const failing = await consume({
      handlers: {
        "orders.OrderChanged": async () => {
          throw new Error("not today");
        },
      },
    });
    await send(["a", 1], ["a", 2]);
    await until(async () => (await countDeadLetters(database)) === 2);
    await failing.stop();
    await consume();
    await send(["a", 3], ["b", 1]);
    await until(async () => (await effects()).includes("b1") && (await countDeadLetters(database)) === 3);
    assert.deepEqual(await ofA(), []);
    await replayDeadLetter(database, (await listDeadLetters(database))[0]!.id);
    await until(async () => (await countDeadLetters(database)) === 0);
    assert.deepEqual(await ofA(), ["a1", "a2", "a3"]);
  });

  it("blames no message for a database that goes away", async () => {
    const heard = noting();
    let cuts = 1;
    const interrupted: unknown[] = [];
    await consume({
      observer: { ...heard.observer, interrupted: (error) => void interrupted.push(error) },
      retry: { attempts: 1 },
      handlers: {
        "orders.OrderChanged": async (_message, tx) => {
          if (cuts-- > 0) await tx.query("SELECT pg_terminate_backend(pg_backend_pid())");
        },
      },
    });
    await send(["a", 1]);
    await until(() => heard.notes.length > 0);
    assert.deepEqual(heard.notes, ["handled a1"]);
    assert.equal((interrupted[0] as Error).name, "DatabaseUnavailableError");
    assert.equal(await countDeadLetters(database), 0);
  });
});
