import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What a service measures about itself: a registry of its own, so that two services in one process do not mix. */
export interface Metrics {
  readonly registry: Registry;
  /** Labels `method`, `route` (its pattern, never an id), `status`. */
  readonly httpSeconds: Histogram<"method" | "route" | "status">;
  /** One observation a message handled, labels `type` and `outcome` (`done`, `failed`). */
  readonly handlerSeconds: Histogram<"type" | "outcome">;
  /** Messages that the broker has acknowledged. */
  readonly published: Counter;
  /** Messages that had been handled before. */
  readonly inboxDuplicates: Counter;
  /** Messages that went to the dead letters since the process started, by `type`. */
  readonly deadLettered: Counter<"type">;
  readonly sagas: SagaMetrics;
  /** Reads figures from the database at each scrape. A source that fails leaves its figures out. */
  watch(sources: MetricSources): void;
}

export interface MetricSources {
  readonly outbox?: () => Promise<{
    readonly oldestUnpublishedSeconds: number;
    readonly oldestTransactionSeconds: number;
    readonly unpublished: number;
    readonly parked: readonly unknown[];
  }>;
  readonly deadLetters?: () => Promise<number>;
  /** Of every saga that the service hosts. */
  readonly sagas?: () => Promise<
    readonly { readonly saga: string; readonly inFlight: number; readonly stuck: number }[]
  >;
}

/** Of the sagas that this service hosts, as far as this process has moved them. */
export interface SagaMetrics {
  readonly started: Counter<"saga">;
  /** By the status that they ended in. */
  readonly ended: Counter<"saga" | "status">;
  readonly transitions: Counter<"saga">;
  /** Replies of steps that had settled, or of sagas that had ended. */
  readonly repliesIgnored: Counter<"saga">;
  /** By `kind`: timeout, backoff, deadline. Those count that changed something. */
  readonly timersFired: Counter<"saga" | "kind">;
  /** Triggers with another payload than their saga had begun with. */
  readonly conflicts: Counter<"saga">;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  return {
    registry,
    httpSeconds: new Histogram({
      name: "eda_http_request_seconds",
      help: "Time from a request to its answer.",
      labelNames: ["method", "route", "status"],
      buckets: SECONDS,
      registers,
    }),
    handlerSeconds: new Histogram({
      name: "eda_handler_seconds",
      help: "Time that a message's handler took, one attempt.",
      labelNames: ["type", "outcome"],
      buckets: SECONDS,
      registers,
    }),
    published: new Counter({
      name: "eda_outbox_published_total",
      help: "Messages that the broker has acknowledged to this process's relay.",
      registers,
    }),
    inboxDuplicates: new Counter({
      name: "eda_inbox_duplicates_total",
      help: "Messages that the inbox recognised as handled before.",
      registers,
    }),
    deadLettered: new Counter({
      name: "eda_dead_lettered_total",
      help: "Messages that went to the dead letters.",
      labelNames: ["type"],
      registers,
    }),

    sagas: sagaMetrics(registers),

    watch({ outbox, deadLetters, sagas }) {
      if (outbox !== undefined) {
        const age = gauge("eda_outbox_oldest_unpublished_seconds", "Age of the oldest message that is not published.");
        const backlog = gauge("eda_outbox_unpublished", "Messages that are not published.");
        const parked = gauge("eda_outbox_parked_aggregates", "Aggregates whose messages wait for an operator.");
        const transaction = gauge("eda_oldest_transaction_seconds", "Age of the oldest transaction that is open.");
        collectTogether([age, backlog, parked, transaction], async () => {
          const status = await outbox();
          age.set(status.oldestUnpublishedSeconds);
          backlog.set(status.unpublished);
          parked.set(status.parked.length);
          transaction.set(status.oldestTransactionSeconds);
        });
      }
      if (deadLetters !== undefined) {
        const letters = gauge("eda_dead_letters", "Messages in the dead letters.");
        collectTogether([letters], async () => letters.set(await deadLetters()));
      }
      if (sagas !== undefined) {
        const labelled = (name: string, help: string) => new Gauge({ name, help, labelNames: ["saga"], registers });
        const inFlight = labelled("eda_sagas_in_flight", "Sagas that have neither ended nor are stuck.");
        const stuck = labelled("eda_sagas_stuck", "Sagas that wait for an operator.");
        collectTogether([inFlight, stuck], async () => {
          for (const gauge of [inFlight, stuck]) gauge.reset();
          const figures = await sagas();
          for (const { saga, ...counted } of figures) {
            inFlight.set({ saga }, counted.inFlight);
            stuck.set({ saga }, counted.stuck);
          }
        });
      }
    },
  };
}

function sagaMetrics(registers: Registry[]): SagaMetrics {
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  return {
    started: counter("eda_sagas_started_total", "Sagas that this process has begun.", "saga"),
    ended: counter("eda_sagas_ended_total", "Sagas that this process has brought to their end.", "saga", "status"),
    transitions: counter("eda_saga_transitions_total", "Transitions of sagas by this process.", "saga"),
    repliesIgnored: counter("eda_saga_replies_ignored_total", "Replies that came too late to change anything.", "saga"),
    timersFired: counter("eda_saga_timers_fired_total", "Timers that changed something.", "saga", "kind"),
    conflicts: counter(
      "eda_saga_trigger_conflicts_total",
      "Triggers whose saga had begun with another payload.",
      "saga",
    ),
  };
}

/** One read for several gauges. A stale figure misleads, so a failed read takes them out of the answer. */
function collectTogether(gauges: readonly Gauge[], read: () => Promise<void>): void {
  let reading: Promise<void> | undefined;
  const collect = () => {
    reading ??= read()
      .catch(() => {
        for (const gauge of gauges) gauge.remove();
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  for (const gauge of gauges) Object.assign(gauge, { collect });
}
