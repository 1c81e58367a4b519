import type { Logger } from "pino";
import type { Broker } from "../broker/broker.ts";
import { createEmbeddedBroker } from "../broker/embedded/create-embedded-broker.ts";
import type { Database, Transaction } from "../database/database.ts";
import { createConsumer } from "../inbox/consumer.ts";
import type { ConsumerRetry, Handler } from "../inbox/consumer-options.ts";
import type { Message } from "../message/message.ts";
import type { Relay } from "../outbox/outbox.ts";
import { createRelay } from "../outbox/relay.ts";
import { recordSent, tracedHandler } from "../telemetry/messaging-spans.ts";
import type { Spans } from "../telemetry/spans.ts";
import { ConfigError, type ServiceConfig } from "./config.ts";
import type { ServiceDefinition } from "./definition.ts";
import { durationMs } from "./duration.ts";
import type { Health } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import type { Openings } from "./shutdown.ts";

export interface MessagingOptions {
  readonly definition: ServiceDefinition;
  readonly config: ServiceConfig;
  readonly database: Database;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly openings: Openings;
  readonly spans: Spans;
  /** Handles one message in the transaction that holds the inbox's mark. */
  readonly react: (message: Message, tx: Transaction) => Promise<void>;
  /** Called when a part has ended that the service cannot do without. */
  readonly failed: (error: unknown) => void;
  readonly retry: ConsumerRetry | undefined;
}

export interface Messaging {
  /** Wakes the relay, if it runs in this process: called after each commit that may have filled the outbox. */
  kick(): void;
}

/** Opens what this process's role needs of the broker: its topics, the relay, the consumer. */
export async function openMessaging(options: MessagingOptions): Promise<Messaging> {
  const { definition, config } = options;
  const does = (role: ServiceConfig["role"]) => config.role === "all" || config.role === role;
  const relays = does("relay") && definition.outbox !== undefined;
  const consumes = does("consumer") && definition.subscriptions.length > 0;
  if (!relays && !consumes) return { kick: () => {} };
  const broker = await openBroker(options);
  const relay = relays ? await startRelay(options, broker) : undefined;
  const kick = () => relay?.kick();
  if (consumes) await startConsumer(options, broker, kick);
  return { kick };
}

async function openBroker({ definition, config, log, openings }: MessagingOptions): Promise<Broker> {
  const broker = await createEmbeddedBroker({
    url: config.broker.url,
    applicationName: `${definition.name} (broker)`,
    log,
  });
  openings.add("broker", () => broker.close());
  await broker.ensureTopics(definition.topics);
  return broker;
}

/** A subscription that ends by itself ends the service: it would look well and handle nothing. */
function watched(broker: Broker, { health, failed }: MessagingOptions): Broker {
  return {
    ...broker,
    async subscribe(options, onBatch) {
      const subscription = await broker.subscribe(options, onBatch);
      let alive = true;
      subscription.ended.catch((error: unknown) => {
        alive = false;
        failed(error);
      });
      health.addCheck("the broker's subscription", async () => {
        if (!alive) throw new Error("it has ended");
      });
      return subscription;
    },
  };
}

async function startRelay(options: MessagingOptions, broker: Broker): Promise<Relay> {
  const { definition, config, database, log, metrics, openings, spans } = options;
  const { outbox } = definition;
  if (outbox?.relay === "cdc")
    throw new ConfigError(
      `the outbox of ${definition.name} has relay: cdc, and this runtime reads no write-ahead log yet: set relay: polling in eda.yaml.`,
    );
  const relay = createRelay({
    database,
    broker,
    ...(config.instance === undefined ? {} : { name: config.instance }),
    retentionMs: durationMs(outbox?.retention ?? "0s"),
    observer: {
      published: (count) => metrics.published.inc(count),
      ...(spans.recording && { sent: (rows, claimedAt) => recordSent(spans, rows, claimedAt) }),
      refused: ({ error, ...row }) =>
        log[row.parked ? "error" : "warn"]({ err: error, ...row }, "the broker refused a message"),
      interrupted: (error) => log.warn({ err: error }, "the relay is interrupted and goes on when it can"),
      shards: (owned) => log.debug({ shards: owned }, "the relay's shards"),
    },
  });
  await relay.start();
  openings.add("relay", () => relay.stop());
  return relay;
}

/** One consumer a service, named after it: its group, its place in the inbox, its dead letters. */
async function startConsumer(options: MessagingOptions, broker: Broker, kick: () => void): Promise<void> {
  const { definition, config, database, log, metrics, openings, spans } = options;
  const react = tracedHandler(spans, definition.name, options.react);
  const consumer = createConsumer({
    name: definition.name,
    database,
    broker: watched(broker, options),
    topics: [...new Set(definition.subscriptions.map(({ topic }) => topic))],
    handlers: Object.fromEntries(definition.subscriptions.map(({ type }): [string, Handler] => [type, react])),
    ...(config.instance === undefined ? {} : { instance: config.instance }),
    ...(options.retry === undefined ? {} : { retry: options.retry }),
    ...(config.inboxHorizonMs === undefined ? {} : { horizonMs: config.inboxHorizonMs }),
    onCommit: kick,
    observer: {
      handled({ type, id, correlationid }, seconds) {
        metrics.handlerSeconds.observe({ type, outcome: "done" }, seconds);
        log.info({ correlationid, message: id, type, seconds }, "message handled");
      },
      duplicate({ type, id, correlationid }) {
        metrics.inboxDuplicates.inc();
        log.info({ correlationid, message: id, type }, "message had been handled before");
      },
      failed({ type, id, correlationid }, error, seconds) {
        metrics.handlerSeconds.observe({ type, outcome: "failed" }, seconds);
        log.warn({ err: error, correlationid, message: id, type }, "a handler failed");
      },
      deadLettered({ error, ...letter }) {
        metrics.deadLettered.inc({ type: letter.type ?? "(unreadable)" });
        log.error({ err: error, ...letter }, "a message went to the dead letters");
      },
      parked: ({ error: _, ...letter }) => log.warn(letter, "a message waits behind a dead letter of its key"),
      forgotten: ({ type, id, correlationid }) =>
        log.warn({ correlationid, message: id, type }, "a message older than the inbox remembers was skipped"),
      interrupted: (error) => log.warn({ err: error }, "the consumer is interrupted and goes on when it can"),
    },
  });
  await consumer.start();
  openings.add("consumer", () => consumer.stop());
}
