import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { startTemporaryPostgres } from "../../templates/runtime/src/embedded/temporary.ts";
import { createRelay } from "../../templates/runtime/src/outbox/relay.ts";
import { npmPeers } from "./peers/npm.ts";
import { say } from "./progress.ts";
import { graphileWorker } from "./queues/graphile-worker.ts";
import { naiveRelay } from "./queues/naive-relay.ts";
import { outboxToBroker, outboxToHandler } from "./queues/outbox.ts";
import { pgBoss } from "./queues/pg-boss.ts";
import type { OpenQueue, Queue } from "./queues/queue.ts";
import { duration, type Section } from "./report.ts";
import { median, pairedRatio, quantile } from "./statistics.ts";

const perSecond = 200;
/** Whoever takes longer than this has lost something. */
const drainLimitMs = 60_000;

export interface MessagePathOptions {
  readonly rounds: number;
  /** Of the steady load, in each round. */
  readonly seconds: number;
  /** What is drained is divided by this. */
  readonly smaller: number;
  readonly install: boolean;
}

interface Found {
  readonly perSecond: number;
  /** Milliseconds from before the insert to the handler. */
  readonly latencies: readonly number[];
}

/** How many messages leave an outbox in a second, and how long one takes to its handler, beside other queues. */
export async function messagePath({ rounds, seconds, smaller, install }: MessagePathOptions): Promise<Section> {
  const { missing } = npmPeers(install);
  const ours = outboxToHandler({ name: "outbox to handler", messages: 20_000 }, (database, broker) =>
    createRelay({ database, broker }),
  );
  const relayAlone = outboxToBroker({ name: "outbox to broker, the relay alone", messages: 20_000 });
  const queues = [
    relayAlone,
    ours,
    outboxToHandler({ name: "the same with a naive relay", messages: 1_000 }, naiveRelay),
    ...(missing === undefined ? [pgBoss, graphileWorker] : []),
  ];
  const found = new Map<Queue, Found[]>(queues.map((queue) => [queue, []]));
  const server = await startTemporaryPostgres({
    settings: { fsync: "on", synchronous_commit: "on", full_page_writes: "on" },
  });
  const databaseUrl = freshDatabases(server.url);
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const queue of queues) {
        say(`  round ${round} of ${rounds}: ${queue.name}`);
        const count = Math.ceil(queue.messages / smaller);
        found.get(queue)!.push(await measure(queue, databaseUrl, count, seconds));
      }
    }
  } finally {
    await server.stop();
  }
  const rates = (queue: Queue) => found.get(queue)!.map(({ perSecond }) => perSecond);
  const latencies = (queue: Queue) => found.get(queue)!.flatMap(({ latencies }) => latencies);
  const middle = (queue: Queue, share: number) => quantile(latencies(queue), share);
  return {
    title: "From outbox to handler",
    text: [
      "On the embedded PostgreSQL with fsync on, everything in one process. A message goes from its transaction into the " +
        "outbox, by the relay into the embedded broker (12 partitions), and from there to a handler that does nothing, in " +
        "the transaction that holds the inbox's mark. The queues beside it hand a job to a handler that does nothing; they " +
        "neither keep the order of a key nor recognise what comes twice, and have one hop where this has two. The naive " +
        "relay looks every 100 ms and sends row by row; where it drains fewer than come, its latency is that of a queue that grows.",
      `Draining: ${ours.messages / smaller} messages that lie there when it begins (the naive relay fewer), over 1,000 keys. ` +
        `Latency: from before the insert to the handler at a steady ${perSecond} a second for ${seconds} s. ` +
        `${rounds} ${rounds === 1 ? "round" : "rounds"}, in turn. The ratio is outbox to handler over it: above 1 we drain more.`,
    ],
    head: ["", "drained in a second", "ratio", "latency p50", "p99"],
    rows: queues.map((queue) => [
      queue.name,
      Math.round(median(rates(queue))).toLocaleString("en"),
      queue === ours || queue === relayAlone ? "" : pairedRatio(rates(ours), rates(queue)).toFixed(2),
      ...(latencies(queue).length === 0 ? ["", ""] : [duration(middle(queue, 0.5)), duration(middle(queue, 0.99))]),
    ]),
    notes: missing === undefined ? [] : [`pg-boss and graphile-worker are left out: ${missing}.`],
  };
}

async function measure(
  queue: Queue,
  databaseUrl: (name: string) => Promise<string>,
  count: number,
  seconds: number,
): Promise<Found> {
  const open = await queue.open(databaseUrl);
  try {
    await open.fill(count);
    const drained = Promise.withResolvers<void>();
    let handled = 0;
    let latencies: number[] | undefined;
    const began = performance.now();
    await open.start((sent) => {
      handled++;
      latencies?.push(performance.now() - sent);
      if (handled === count) drained.resolve();
    });
    await within(drainLimitMs, drained.promise, () => `only ${handled} of ${count} messages were handled`);
    const perSecond = count / ((performance.now() - began) / 1000);
    if (open.send === undefined) return { perSecond, latencies: [] };
    latencies = [];
    await steadily(open, seconds, () => latencies!.length);
    return { perSecond, latencies };
  } finally {
    await open.stop();
  }
}

/** Sends at a steady pace, whether or not the one before is committed, and waits until all are handled. */
async function steadily({ send }: OpenQueue, seconds: number, handled: () => number): Promise<void> {
  const count = perSecond * seconds;
  const began = performance.now();
  const sends: Promise<void>[] = [];
  while (sends.length < count) {
    const due = began + (sends.length * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await pause(early);
    sends.push(send!(performance.now()));
  }
  await Promise.all(sends);
  const limit = performance.now() + drainLimitMs;
  while (handled() < count) {
    if (performance.now() > limit) throw new Error(`only ${handled()} of ${count} messages were handled`);
    await pause(10);
  }
}

async function within(ms: number, work: Promise<void>, what: () => string): Promise<void> {
  const done = new AbortController();
  const limit = pause(ms, undefined, { signal: done.signal }).then(() => Promise.reject(new Error(what())));
  try {
    await Promise.race([work, limit]);
  } finally {
    done.abort();
    await limit.catch(() => undefined);
  }
}

/** Makes databases, each a new one. They go with the server. */
function freshDatabases(superuser: string): (name: string) => Promise<string> {
  let made = 0;
  return async (name) => {
    const url = new URL(superuser);
    url.pathname = `/${name}_${++made}`;
    const client = new pg.Client({ connectionString: superuser });
    await client.connect();
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(url.pathname.slice(1))}`);
    await client.end();
    return url.href;
  };
}
