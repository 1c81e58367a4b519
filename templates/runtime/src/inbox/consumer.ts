import { setTimeout as delay } from "node:timers/promises";
import type { Batch, Subscription } from "../broker/broker.ts";
import { cleanUpInbox } from "./clean-up.ts";
import type { Consumer, ConsumerOptions } from "./consumer-options.ts";
import { batchHandler } from "./handle-batch.ts";
import { letterReplayer } from "./replay.ts";

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000;
const CLEAN_UP_EVERY_MS = 3_600_000;

/**
 * A consumer group of this service: handles each message once, in order per key, whatever is delivered twice, crashes or
 * fails in between. Start it in as many processes as there are partitions.
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { name, broker, database, observer } = options;
  const handle = batchHandler(options);
  const replay = letterReplayer(options);
  const stopping = new AbortController();
  let subscription: Subscription | undefined;
  let chores: Promise<unknown> | undefined;

  async function onBatch(batch: Batch): Promise<void> {
    try {
      await handle(batch);
    } catch (error) {
      if (!batch.signal.aborted) observer?.interrupted?.(error);
      // The broker delivers again what was not committed.
      throw error;
    }
  }

  async function every(ms: number, chore: () => Promise<void>): Promise<void> {
    while (!stopping.signal.aborted) {
      await chore().catch((error: unknown) => observer?.interrupted?.(error));
      await delay(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  return {
    async start() {
      if (subscription !== undefined) return;
      subscription = await broker.subscribe(
        {
          group: name,
          topics: options.topics,
          from: options.from ?? "earliest",
          maxBatch: options.maxBatch ?? 200,
          ...(options.instance === undefined ? {} : { instance: options.instance }),
        },
        onBatch,
      );
      subscription.ended.catch((error: unknown) => observer?.interrupted?.(error));
      chores = Promise.all([
        every(options.replayPollMs ?? 1_000, () => replay(stopping.signal)),
        every(CLEAN_UP_EVERY_MS, () =>
          cleanUpInbox(database, name, options.horizonMs ?? THIRTY_DAYS_MS, stopping.signal),
        ),
      ]);
    },
    async stop() {
      stopping.abort();
      await subscription?.close();
      await chores;
    },
  };
}
