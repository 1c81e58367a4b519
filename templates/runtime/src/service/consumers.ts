import type { Broker } from "../broker/broker.ts";
import { createConsumer } from "../inbox/consumer.ts";
import type { ConsumerObserver, ConsumerOptions } from "../inbox/consumer-options.ts";
import { tracedBatch, tracedExternal, tracedHandler, tracedHandlers } from "../telemetry/messaging-spans.ts";
import type { MessagingOptions } from "./messaging.ts";

/** A consumer of this service: what it reads and does. How the process runs it is the same for all of them. */
export type ServiceConsumer = Omit<
  ConsumerOptions,
  "database" | "broker" | "instance" | "horizonMs" | "onCommit" | "observer"
> & {
  /** Makes of the service's own observer one that hears for this consumer too. */
  readonly observe?: (observer: ConsumerObserver) => ConsumerObserver;
};

/** Starts a consumer, and closes it with the service. `kick` wakes the relay. */
export async function startConsumer(
  options: MessagingOptions,
  broker: Broker,
  kick: () => void,
  { handlers, otherwise, handleAll, external, observe = (observer) => observer, ...given }: ServiceConsumer,
): Promise<void> {
  const { config, database, openings, spans } = options;
  const { name } = given;
  const consumer = createConsumer({
    ...given,
    handlers: tracedHandlers(spans, name, handlers),
    ...(otherwise === undefined ? {} : { otherwise: tracedHandler(spans, name, otherwise) }),
    ...(handleAll === undefined ? {} : { handleAll: tracedBatch(spans, name, handleAll) }),
    ...(external === undefined
      ? {}
      : {
          external: Object.fromEntries(
            Object.entries(external).map(([type, handler]) => [type, tracedExternal(spans, name, handler)]),
          ),
        }),
    database,
    broker: watched(broker, options),
    ...(config.instance === undefined ? {} : { instance: config.instance }),
    ...(options.retry === undefined ? {} : { retry: options.retry }),
    ...(config.inboxHorizonMs === undefined ? {} : { horizonMs: config.inboxHorizonMs }),
    onCommit: kick,
    observer: observe(observed(options)),
  });
  await consumer.start();
  openings.add("consumer", () => consumer.stop());
}

/** A subscription that ends by itself ends the service: it would look well and handle nothing. */
function watched(broker: Broker, { definition, health, failed }: MessagingOptions): Broker {
  return {
    ...broker,
    async subscribe(options, onBatch) {
      const subscription = await broker.subscribe(options, onBatch);
      let alive = true;
      subscription.ended.catch((error: unknown) => {
        alive = false;
        failed(error);
      });
      const whose = options.group === definition.name ? "" : ` of ${options.group}`;
      health.addCheck(`the broker's subscription${whose}`, async () => {
        if (!alive) throw new Error("it has ended");
      });
      return subscription;
    },
  };
}

function observed({ log, metrics }: MessagingOptions): ConsumerObserver {
  return {
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
    notYet: ({ type, id, correlationid }, { message, afterMs }) =>
      log.info({ correlationid, message: id, type, afterMs, reason: message }, "a message waits for its time"),
    deadLettered({ error, ...letter }) {
      metrics.deadLettered.inc({ type: letter.type ?? "(unreadable)" });
      log.error({ err: error, ...letter }, "a message went to the dead letters");
    },
    parked: ({ error: _, ...letter }) => log.warn(letter, "a message waits behind a dead letter of its key"),
    forgotten: ({ type, id, correlationid }) =>
      log.warn({ correlationid, message: id, type }, "a message older than the inbox remembers was skipped"),
    interrupted: (error) => log.warn({ err: error }, "the consumer is interrupted and goes on when it can"),
  };
}
