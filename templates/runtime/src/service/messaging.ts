import type { Logger } from "pino";
import type { Broker } from "../broker/broker.ts";
import { createEmbeddedBroker } from "../broker/embedded/create-embedded-broker.ts";
import type { Database, Transaction } from "../database/database.ts";
import { durationMs } from "../duration.ts";
import type { ConsumerRetry, Handler } from "../inbox/consumer-options.ts";
import type { Message } from "../message/message.ts";
import type { Relay } from "../outbox/outbox.ts";
import { createRelay } from "../outbox/relay.ts";
import { recordSent } from "../telemetry/messaging-spans.ts";
import type { Spans } from "../telemetry/spans.ts";
import { ConfigError, type ServiceConfig } from "./config.ts";
import { type ServiceConsumer, startConsumer } from "./consumers.ts";
import type { ServiceDefinition } from "./definition.ts";
import type { Health } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import type { ServiceSagas } from "./sagas.ts";
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
  /** Beside that of the reactions: a saga's commands and replies, say. */
  readonly consumers: readonly ServiceConsumer[];
  /** What must know when messages have left, or cannot leave. */
  readonly relayed?: Pick<ServiceSagas, "onPublished" | "onParked">;
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
  const consumers = does("consumer") ? [...reactions(options), ...options.consumers] : [];
  if (!relays && consumers.length === 0) return { kick: () => {} };
  const broker = await openBroker(options);
  const relay = relays ? await startRelay(options, broker) : undefined;
  const kick = () => relay?.kick();
  for (const consumer of consumers) await startConsumer(options, broker, kick, consumer);
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
    ...(options.relayed === undefined ? {} : { onPublished: options.relayed.onPublished }),
    observer: {
      published: (count) => metrics.published.inc(count),
      ...(spans.recording && { sent: (rows, claimedAt) => recordSent(spans, rows, claimedAt) }),
      refused: ({ error, ...row }) => {
        log[row.parked ? "error" : "warn"]({ err: error, ...row }, "the broker refused a message");
        if (row.parked) options.relayed?.onParked();
      },
      interrupted: (error) => log.warn({ err: error }, "the relay is interrupted and goes on when it can"),
      shards: (owned) => log.debug({ shards: owned }, "the relay's shards"),
    },
  });
  await relay.start();
  openings.add("relay", () => relay.stop());
  return relay;
}

/** One consumer for a service's reactions, named after it: its group, its place in the inbox, its dead letters. */
function reactions({ definition, react }: MessagingOptions): readonly ServiceConsumer[] {
  if (definition.subscriptions.length === 0) return [];
  return [
    {
      name: definition.name,
      topics: [...new Set(definition.subscriptions.map(({ topic }) => topic))],
      handlers: Object.fromEntries(definition.subscriptions.map(({ type }): [string, Handler] => [type, react])),
    },
  ];
}
