import type { Logger } from "pino";
import type { Database, Transaction } from "../database/database.ts";
import type { InsertMessages } from "../outbox/outbox.ts";
import { watchConsumer } from "../saga/choreography/watch-consumer.ts";
import { armTimers } from "../saga/orchestrator/arming.ts";
import { cleanUpSagas } from "../saga/orchestrator/clean-up.ts";
import { createOrchestrator, type SetOrchestrator } from "../saga/orchestrator/create-orchestrator.ts";
import { createDefinitions } from "../saga/orchestrator/definitions.ts";
import { sagaFigures } from "../saga/orchestrator/figures.ts";
import { createInFlightLimit } from "../saga/orchestrator/limit.ts";
import type { HearNews } from "../saga/orchestrator/news.ts";
import { createParkedWatch } from "../saga/orchestrator/parked-watch.ts";
import { replyConsumer } from "../saga/orchestrator/reply-consumer.ts";
import { createTimers } from "../saga/orchestrator/timers.ts";
import { triggerConsumer } from "../saga/orchestrator/trigger-consumer.ts";
import { sagaSpans } from "../telemetry/saga-spans.ts";
import type { Spans } from "../telemetry/spans.ts";
import { ConfigError, type ServiceConfig, sagaRetentionMs } from "./config.ts";
import type { ServiceConsumer } from "./consumers.ts";
import type { HostedSaga, ServiceDefinition } from "./definition.ts";
import type { Metrics } from "./metrics.ts";
import { sagaNews } from "./saga-news.ts";
import type { Openings } from "./shutdown.ts";

const CLEAN_UP_EVERY_MS = 3_600_000;
const DEFAULT_LIMIT = 1_000;

export interface SagasOptions {
  readonly definition: ServiceDefinition;
  readonly config: ServiceConfig;
  readonly database: Database;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly openings: Openings;
  readonly insertMessages: InsertMessages;
  readonly spans: Spans;
  /** Wakes the relay. */
  readonly kick: () => void;
}

/** The sagas that a service hosts, in one of its processes: orchestrations, and the watch over choreographies. */
export interface ServiceSagas {
  /** Moves sagas for operators too: the verbs of `admin-verbs.ts` get it. */
  readonly orchestrator: SetOrchestrator;
  /** Hears what an operator has moved, once it is committed. */
  readonly hear: HearNews;
  /** Of triggers and replies, and of a choreography's events. */
  readonly consumers: readonly ServiceConsumer[];
  /** For the relay: arms the timers of what has left, in the transaction that records it. */
  readonly onPublished: (tx: Transaction, ids: readonly string[]) => Promise<void>;
  /** The relay has parked something in this process. */
  readonly onParked: () => void;
  /**
   * Stores the definitions, once the tables are there and before the consumers start.
   * @throws ConfigError for an edit that would strand sagas in flight
   */
  store(): Promise<void>;
  /** Starts timers and chores; they end with the service. */
  start(): Promise<void>;
}

/** Opens nothing yet. Undefined where the service hosts no saga. */
export function createSagas(options: SagasOptions): ServiceSagas | undefined {
  const { definition, config, database, log, metrics, openings, kick } = options;
  const hosted = definition.sagas ?? [];
  if (hosted.length === 0) return undefined;
  const retentionMs = sagaRetentionMs(config);
  const from = config.sagaFrom === undefined ? {} : { from: config.sagaFrom };
  // Choreographies have no limit: see `watchConsumer`.
  const orchestrated = hosted.filter((saga) => saga.definition.style === "orchestration");
  const limits = new Map(
    orchestrated.map(({ definition: { saga } }) => [
      saga,
      createInFlightLimit(database, saga, config.sagaLimit ?? DEFAULT_LIMIT),
    ]),
  );
  const count = sagaNews(log, metrics, (saga) => limits.get(saga)?.ended());
  const trace = sagaSpans(options.spans, database, log);
  const hear: HearNews = (news) => {
    count(news);
    trace(news);
  };
  const definitions = createDefinitions(hosted.map((saga) => saga.definition));
  const orchestrator = createOrchestrator({
    service: definition.name,
    definitions,
    insertMessages: options.insertMessages,
  });
  const interrupted = (error: unknown) => log.warn({ err: error }, "sagas are interrupted and go on when they can");
  const timers = createTimers({
    database,
    orchestrator,
    hear,
    onCommit: kick,
    observer: {
      interrupted,
      failed: ({ sagaId, ...timer }, error) =>
        log.error(
          { err: error, saga: sagaId, timer },
          "a timer of a saga could not be carried out, and is tried again",
        ),
    },
  });
  const parkedWatch = createParkedWatch({ database, orchestrator, hear, interrupted });
  metrics.watch({
    async sagas() {
      const found = new Map((await sagaFigures(database)).map((figures) => [figures.saga, figures]));
      // An alarm wants to see a zero, not nothing.
      return hosted.map(({ definition: { saga } }) => found.get(saga) ?? { saga, inFlight: 0, stuck: 0 });
    },
  });

  return {
    orchestrator,
    hear,
    consumers: hosted.flatMap((saga) => {
      const { definition: flow, repliesTopic } = saga;
      if (flow.style === "choreography")
        return [{ ...watchConsumer({ orchestrator, hear, hosted: saga, retentionMs }), ...from }];
      if (repliesTopic === undefined) throw new ConfigError(`the saga ${flow.saga} has no topic for its replies.`);
      return [
        {
          ...triggerConsumer({
            orchestrator,
            hear,
            definition: flow,
            topic: triggerTopic(saga),
            limit: limits.get(flow.saga)!,
            retentionMs,
          }),
          ...from,
        },
        replyConsumer({ orchestrator, hear, saga: flow.saga, topic: repliesTopic }),
      ];
    }),
    onPublished: armTimers(timers.armed),
    onParked: parkedWatch.kick,
    store: () => definitions.store(database),

    async start() {
      for (const part of [timers, parkedWatch]) await part.start();
      openings.add("sagas", async () => {
        for (const part of [timers, parkedWatch]) await part.stop();
      });
      cleanUpHourly(database, retentionMs, log, openings);
    },
  };
}

function triggerTopic({ definition: { saga, trigger }, eventTopics }: HostedSaga): string {
  const topic = eventTopics[trigger];
  if (topic === undefined) throw new ConfigError(`the saga ${saga} has no topic for its trigger ${trigger}.`);
  return topic;
}

/** At the start and every hour. */
function cleanUpHourly(database: Database, retentionMs: number, log: Logger, openings: Openings): void {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  const cleanUp = () => {
    running = cleanUpSagas(database, retentionMs, stopping.signal).then(
      (count) => {
        if (count > 0) log.info({ count }, "sagas that ended long ago were forgotten");
      },
      (err: unknown) => log.warn({ err }, "old sagas were not forgotten"),
    );
  };
  cleanUp();
  const timer = setInterval(cleanUp, CLEAN_UP_EVERY_MS);
  openings.add("cleanup of sagas", async () => {
    clearInterval(timer);
    stopping.abort();
    await running;
  });
}
