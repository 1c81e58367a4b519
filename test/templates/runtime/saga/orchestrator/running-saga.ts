import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Broker, Subscription } from "../../../../../templates/runtime/src/broker/broker.ts";
import { createEmbeddedBroker } from "../../../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../../../../templates/runtime/src/database/create-database.ts";
import type { Database, DatabaseOptions } from "../../../../../templates/runtime/src/database/database.ts";
import { createConsumer } from "../../../../../templates/runtime/src/inbox/consumer.ts";
import type { ConsumerObserver } from "../../../../../templates/runtime/src/inbox/consumer-options.ts";
import { decodeRecord, encodeRecord, newEnvelope } from "../../../../../templates/runtime/src/message/codec.ts";
import type { Envelope, Message } from "../../../../../templates/runtime/src/message/message.ts";
import { migrate } from "../../../../../templates/runtime/src/migrations/migrate.ts";
import { createRelay } from "../../../../../templates/runtime/src/outbox/relay.ts";
import type { RelayOptions } from "../../../../../templates/runtime/src/outbox/relay-options.ts";
import { compileSaga, type SagaSource } from "../../../../../templates/runtime/src/saga/compile.ts";
import type { JsonObject, SagaDefinition } from "../../../../../templates/runtime/src/saga/definition.ts";
import { armTimers } from "../../../../../templates/runtime/src/saga/orchestrator/arming.ts";
import {
  createOrchestrator,
  type SetOrchestrator,
} from "../../../../../templates/runtime/src/saga/orchestrator/create-orchestrator.ts";
import { createDefinitions } from "../../../../../templates/runtime/src/saga/orchestrator/definitions.ts";
import { createInFlightLimit } from "../../../../../templates/runtime/src/saga/orchestrator/limit.ts";
import type { SagaNews } from "../../../../../templates/runtime/src/saga/orchestrator/news.ts";
import { createParkedWatch } from "../../../../../templates/runtime/src/saga/orchestrator/parked-watch.ts";
import { replyConsumer } from "../../../../../templates/runtime/src/saga/orchestrator/reply-consumer.ts";
import type { SagaConsumer } from "../../../../../templates/runtime/src/saga/orchestrator/saga-consumer.ts";
import { createTimers, type TimersOptions } from "../../../../../templates/runtime/src/saga/orchestrator/timers.ts";
import { triggerConsumer } from "../../../../../templates/runtime/src/saga/orchestrator/trigger-consumer.ts";
import type { SagaState } from "../../../../../templates/runtime/src/saga/transition.ts";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { testDatabase } from "../../../../support/postgres.ts";
import { migrateService } from "../../../../support/service-migrations.ts";
import { paymentSource } from "../payment.ts";

export const triggerTopic = "orders.order.events";
export const repliesTopic = "payment.replies";
const sagaMigrations = fileURLToPath(new URL("../../../../../templates/saga/migrations", import.meta.url));

/** The payment saga, with what a test changes of it. Its attempts are one, so that a timeout is an unknown outcome. */
export function paymentSaga(changes: Partial<SagaSource> = {}): SagaDefinition {
  return compileSaga(
    {
      ...paymentSource,
      retry: { attempts: 1 },
      steps: paymentSource.steps.map((step) => {
        if ("parallel" in step) return step;
        const { timeout: _, ...rest } = step;
        return rest;
      }),
      ...changes,
    },
    "orders",
  );
}

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

export type Answer =
  | "success"
  | "failure"
  | "refused"
  | { readonly outcome: "success" | "failure"; readonly data: JsonObject };

async function publishReply(broker: Broker, command: Message, answer: Answer, more: Partial<Envelope> = {}) {
  const { outcome, data } = typeof answer === "string" ? { outcome: answer, data: {} } : answer;
  const { saganame = "", sagaid = "", sagastep, sagadirection, saground } = command;
  const type = (outcome === "failure" ? command.sagafailure : command.sagasuccess) ?? "";
  const envelope = newEnvelope({
    type,
    source: "/participant",
    subject: sagaid,
    correlationid: command.correlationid,
    causationid: command.id,
    saganame,
    sagaid,
    sagaoutcome: outcome,
    ...(sagastep === undefined ? {} : { sagastep }),
    ...(sagadirection === undefined ? {} : { sagadirection }),
    ...(saground === undefined ? {} : { saground }),
    ...more,
  });
  await broker.publish([encodeRecord(envelope, `${saganame}.replies`, sagaid, data)]);
}

/** Answers commands as it is told; silent where it is told nothing. */
export interface Participants {
  /** Every command that has come, duplicates included. */
  readonly commands: readonly Message[];
  /** `reserve-stock`, `reserve-stock compensation`: in the order in which they came first, of one saga. */
  stages(id: string): readonly string[];
  close(): Promise<void>;
}

export type Script = (command: Message) => Answer | undefined;

export async function participants(broker: Broker, script: Script): Promise<Participants> {
  const commands: Message[] = [];
  // What an earlier test of the same ground has left on the topics is none of this one's.
  const since = new Date().toISOString();
  const subscriptions: Subscription[] = await Promise.all(
    ["inventory", "fraud", "payments", "orders"].map((service) =>
      broker.subscribe(
        { group: `participant ${service} ${randomUUID()}`, topics: [`${service}.commands`], from: "earliest" },
        async ({ records }) => {
          for (const command of records.map(decodeRecord)) {
            if (command.time < since) continue;
            commands.push(command);
            const answer = script(command);
            if (answer !== undefined) await publishReply(broker, command, answer);
          }
        },
      ),
    ),
  );
  return {
    commands,
    stages: (id) => [...new Set(commands.filter(({ sagaid }) => sagaid === id).map(stageName))],
    async close() {
      for (const subscription of subscriptions) await subscription.close();
    },
  };
}

export function stageName({ sagastep, sagadirection }: Pick<Message, "sagastep" | "sagadirection">): string {
  return sagadirection === "compensation" ? `${sagastep} compensation` : `${sagastep}`;
}

export interface HostOptions {
  readonly definition?: SagaDefinition;
  readonly limit?: number;
  readonly retentionMs?: number;
  readonly instance?: string;
  /** In place of the ground's: as seen by the orchestrator alone. */
  readonly database?: Database;
  readonly broker?: Broker;
  readonly relay?: Partial<RelayOptions> | false;
  readonly timers?: Partial<TimersOptions> | false;
  readonly observer?: ConsumerObserver;
  readonly orchestrator?: (given: SetOrchestrator) => SetOrchestrator;
  readonly parked?: boolean;
  /** Whether the relay arms timers. Default true. */
  readonly arms?: boolean;
}

export interface Host {
  readonly orchestrator: SetOrchestrator;
  readonly news: readonly SagaNews[];
  readonly kick: () => void;
  stop(): Promise<void>;
}

/** One process of the service that hosts the saga: consumers, timers and relay. */
export async function host(on: Pick<Ground, "database" | "broker">, options: HostOptions = {}): Promise<Host> {
  const { definition = paymentSaga(), limit = 1_000, retentionMs = 90 * 86_400_000, arms = true } = options;
  const database = options.database ?? on.database;
  const broker = options.broker ?? on.broker;
  const definitions = createDefinitions([definition]);
  await definitions.store(database);
  const news: SagaNews[] = [];
  const inFlight = createInFlightLimit(database, definition.saga, limit);
  const hear = (heard: readonly SagaNews[]) => {
    news.push(...heard);
    if (heard.some(({ type }) => type === "ended" || type === "stuck")) inFlight.ended();
  };
  const given = createOrchestrator({ service: "orders", definitions, hear });
  const orchestrator = options.orchestrator?.(given) ?? given;
  const timers = createTimers({
    database,
    orchestrator,
    hear,
    slowPollMs: 100,
    onCommit: () => kick(),
    ...options.timers,
  });
  const relay =
    options.relay === false
      ? undefined
      : createRelay({
          database,
          broker,
          slowPollMs: 50,
          leaseMs: 500,
          ...(arms ? { onPublished: armTimers(timers.armed) } : {}),
          ...options.relay,
        });
  const kick = () => relay?.kick();
  const consumer = ({ observe, ...given }: SagaConsumer) =>
    createConsumer({
      ...given,
      database,
      broker,
      onCommit: kick,
      replayPollMs: 20,
      retry: { attempts: 2, initialMs: 5 },
      observer: observe(options.observer ?? {}),
      ...(options.instance === undefined ? {} : { instance: options.instance }),
    });
  const parts = [
    ...(relay === undefined ? [] : [relay]),
    consumer(triggerConsumer({ orchestrator, hear, definition, topic: triggerTopic, limit: inFlight, retentionMs })),
    consumer(replyConsumer({ orchestrator, hear, saga: definition.saga, topic: repliesTopic })),
    ...(options.timers === false ? [] : [timers]),
    ...(options.parked ? [createParkedWatch({ database, orchestrator, hear, pollMs: 20 })] : []),
  ];
  for (const part of parts) await part.start();
  return {
    orchestrator,
    news,
    kick,
    async stop() {
      for (const part of parts.toReversed()) await part.stop();
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
