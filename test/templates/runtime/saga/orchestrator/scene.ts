import { fileURLToPath } from "node:url";
import type { Broker } from "../../../../../templates/runtime/src/broker/broker.ts";
import { createEmbeddedBroker } from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../../../../templates/runtime/src/database/create-database.ts";
import type { Database, DatabaseOptions } from "../../../../../templates/runtime/src/database/database.ts";
import { encodeRecord, newEnvelope } from "../../../../../templates/runtime/src/message/codec.ts";
import type { Envelope, Message } from "../../../../../templates/runtime/src/message/message.ts";
import { migrate } from "../../../../../templates/runtime/src/migrations/migrate.ts";
import type { JsonObject } from "../../../../../templates/runtime/src/saga/definition.ts";
import type { SagaState } from "../../../../../templates/runtime/src/saga/transition.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { testDatabase } from "../../../../support/postgres.ts";
import { migrateService } from "../../../../support/service-migrations.ts";
import { type Answer, type Participants, participants, publishReply, type Script } from "./participants.ts";
import { type Host, type HostOptions, host, repliesTopic, triggerTopic } from "./saga-host.ts";

const sagaMigrations = fileURLToPath(new URL("../../../../../templates/saga/migrations", import.meta.url));

/** Databases, a broker and its topics: what processes of a saga's host share. */
export interface Ground {
  readonly database: Database;
  readonly url: string;
  readonly brokerUrl: string;
  readonly broker: Broker;
  /** Publishes an event that triggers a saga, as its owner would. Answers the message's id. */
  trigger(
    orderId: string,
    more?: { readonly data?: JsonObject; readonly envelope?: Partial<Envelope> },
  ): Promise<string>;
  /** Publishes a reply, as the participant of `command` would. */
  reply(command: Message, answer: Answer, more?: Partial<Envelope>): Promise<void>;
  state(id: string): Promise<Row | undefined>;
  /** Waits until the saga's row is as asked. */
  until(id: string, condition: (row: Row) => boolean): Promise<Row>;
  log(id: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Row extends Record<string, unknown> {
  readonly status: SagaState["status"];
  readonly stuck: boolean;
  readonly parked: boolean;
  readonly revision: bigint;
  readonly state: SagaState;
}

/** A database of its own with the tables of a host of sagas. */
export async function sagaDatabase(options: Omit<DatabaseOptions, "url"> = {}) {
  const own = await testDatabase();
  const database = createDatabase({ url: own.url, ...options });
  await migrateService(database);
  await migrate(database, sagaMigrations);
  return {
    url: own.url,
    database,
    async drop() {
      await database.close();
      await own.drop();
    },
  };
}

export async function ground(options: Omit<DatabaseOptions, "url"> = {}, partitions = 3): Promise<Ground> {
  const { database, url, drop } = await sagaDatabase(options);
  const shared = await testDatabase();
  const broker = await createEmbeddedBroker({ url: shared.url, leaseMs: 500 });
  const topics = [
    triggerTopic,
    repliesTopic,
    ...["inventory", "fraud", "payments", "orders"].map((s) => `${s}.commands`),
  ];
  await broker.ensureTopics(topics.map((name) => ({ name, partitions })));
  const state = async (id: string) =>
    (await database.query<Row>("SELECT status, stuck, parked, revision, state FROM public.saga WHERE id = $1", [id]))
      .rows[0];
  return {
    database,
    url,
    brokerUrl: shared.url,
    broker,
    async trigger(orderId, { data = {}, envelope = {} } = {}) {
      const full = newEnvelope({ type: "orders.OrderPlaced", source: "/orders", subject: orderId, ...envelope });
      const order = { orderId, customerId: "c-1", total: 99, lines: [{ sku: "a", quantity: 1 }], ...data };
      await broker.publish([encodeRecord(full, triggerTopic, orderId, order)]);
      return full.id;
    },
    reply: (command, answer, more) => publishReply(broker, command, answer, more),
    state,
    until: (id, condition) =>
      eventually(() => state(id), {
        until: (row) => row !== undefined && condition(row),
        what: `${id}: ${condition}`,
      }) as Promise<Row>,
    async log(id) {
      const { rows } = await database.query<{ what: string }>(
        "SELECT concat_ws(' ', what, step, CASE direction WHEN 'compensation' THEN direction END) AS what FROM public.saga_log WHERE saga_id = $1 ORDER BY seq",
        [id],
      );
      return rows.map(({ what }) => what);
    },
    async close() {
      await broker.close();
      await shared.drop();
      await drop();
    },
  };
}

/** A ground for all tests of a `describe`, and what each of them starts, stopped after it. */
export interface Scene {
  readonly on: Ground;
  hosted(options?: HostOptions): Promise<Host>;
  play(script: Script): Promise<Participants>;
  /** An order of its own: its id, and that of its saga. */
  order(): { readonly orderId: string; readonly id: string };
}

let orders = 0;

export function scene(options?: Omit<DatabaseOptions, "url">): Scene {
  let on: Ground | undefined;
  const closings: (() => Promise<void>)[] = [];
  before(async () => {
    on = await ground(options);
  });
  afterEach(async () => {
    for (let close = closings.pop(); close !== undefined; close = closings.pop()) await close();
    // Nothing of it goes on in the next test.
    await on?.database.query(
      "DELETE FROM public.saga WHERE ended_at IS NULL; DELETE FROM public.saga_timer; DELETE FROM public.outbox; DELETE FROM public.outbox_blocked",
    );
  });
  after(() => on?.close());
  return {
    get on() {
      return on!;
    },
    async hosted(given) {
      const started = await host(on!, given);
      closings.push(() => started.stop());
      return started;
    },
    async play(script) {
      const playing = await participants(on!.broker, script);
      closings.push(() => playing.close());
      return playing;
    },
    order() {
      const orderId = `order-${++orders}`;
      return { orderId, id: `payment:${orderId}` };
    },
  };
}
