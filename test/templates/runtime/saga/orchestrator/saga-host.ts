import type { Broker } from "../../../../../templates/runtime/src/broker/broker.ts";
import type { Database } from "../../../../../templates/runtime/src/database/database.ts";
import { createConsumer } from "../../../../../templates/runtime/src/inbox/consumer.ts";
import type { ConsumerObserver } from "../../../../../templates/runtime/src/inbox/consumer-options.ts";
import { createRelay } from "../../../../../templates/runtime/src/outbox/relay.ts";
import type { RelayOptions } from "../../../../../templates/runtime/src/outbox/relay-options.ts";
import { compileSaga } from "../../../../../templates/runtime/src/saga/compile.ts";
import type { SagaDefinition } from "../../../../../templates/runtime/src/saga/definition.ts";
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
import type { SagaSource } from "../../../../../templates/runtime/src/saga/source.ts";
import { paymentSource } from "../payment.ts";

export const triggerTopic = "orders.order.events";
export const repliesTopic = "payment.replies";

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
export async function host(
  on: { readonly database: Database; readonly broker: Broker },
  options: HostOptions = {},
): Promise<Host> {
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
  const given = createOrchestrator({ service: "orders", definitions });
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
