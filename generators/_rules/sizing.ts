import { durationMs } from "../../templates/runtime/src/duration.ts";
import type { NodePath } from "../_system/place.ts";
import type { ExpectedLoad, System, Topic } from "../_system/system.ts";

/**
 * What one partition is assumed to carry. All three are cautious on purpose: they are to be replaced by a measurement,
 * and a warning too many costs a minute.
 */
export const assumed = {
  /**
   * Bytes per second written to one partition; the usual cautious figure for planning a Kafka cluster.
   * @see https://dattell.com/data-architecture-blog/kafka-optimization-how-many-partitions-are-needed/
   */
  partitionBytesPerSecond: 10_000_000,
  /** Messages per second that one consumer of one partition handles, each in a database transaction or a batch of them. */
  partitionMessagesPerSecond: 1_000,
  /** Bytes of one partition on one broker's disk: three hours of copying at 100 MB/s when a broker is replaced. */
  partitionBytesOnDisk: 1_000_000_000_000,
  /** Bytes of one message: Kafka's default limit is 1 MiB, with the headers. */
  messageBytes: 900_000,
  /** Load over a day and night, as a share of the peak. */
  averageOfPeak: 0.1,
  /** How long the history of a topic that keeps everything is looked ahead: a year. */
  foreverInSeconds: 365 * 86_400,
} as const;

/** Settings of the stream that the expected load does not fit, with the sum that shows it. */
export interface Misfit {
  readonly at: NodePath;
  readonly part: "key" | "value";
  readonly message: string;
  readonly hint: string;
}

/**
 * Compares the load expected in a year with what the topics are set to. The whole load is laid on one topic: which
 * topic is the busy one is not known from the manifest. Says nothing where no load is expected.
 */
export function* misfits(system: System): Iterable<Misfit> {
  const { stream, topics } = system;
  const load = stream.expected;
  if (!load) return;
  if (load.averageBytes > assumed.messageBytes) {
    yield {
      at: ["stream", "expected", "averageBytes"],
      part: "value",
      message: `A message of ${bytes(load.averageBytes)} on average does not fit the broker's limit of 1 MiB with its headers`,
      hint: "Store the large part elsewhere and put its address into the event",
    };
  }
  const byDefault = { what: "A topic (by default)", path: ["stream"], ...stream };
  yield* copies(load, byDefault);
  yield* throughput(load, byDefault);
  yield* disk(load, byDefault);
  for (const topic of topics) {
    const own = { what: `Topic ${topic.name}`, path: ["topics", topic.name], ...topic };
    const differs = (key: keyof Settings) => topic[key] !== stream[key];
    if (differs("replication")) yield* copies(load, own);
    if (differs("partitions")) yield* throughput(load, own);
    if (differs("retention") || differs("partitions")) yield* disk(load, own);
  }
}

type Settings = Pick<Topic, "partitions" | "replication" | "retention">;

interface Subject extends Settings {
  readonly what: string;
  /** Where the settings stand. */
  readonly path: NodePath;
}

function* copies(load: ExpectedLoad, { what, path, replication }: Subject): Iterable<Misfit> {
  if (replication >= 3) return;
  yield {
    at: [...path, "replication"],
    part: "value",
    message: `${what} is kept in ${replication === 1 ? "1 copy" : `${replication} copies`}, with ${load.peakPerSecond} messages/s expected: while one broker is down, writing stops or acknowledged messages are lost`,
    hint: "Write replication: 3, which with two in-sync replicas goes on when one broker is lost",
  };
}

function* throughput(load: ExpectedLoad, { what, path, partitions }: Subject): Iterable<Misfit> {
  const { peak, sum } = inAYear(load);
  const limits = [
    { total: peak, limit: assumed.partitionMessagesPerSecond, sum, unit: (n: number) => `${round(n)} messages/s` },
    {
      total: peak * load.averageBytes,
      limit: assumed.partitionBytesPerSecond,
      sum: `${sum} × ${load.averageBytes} bytes`,
      unit: (n: number) => `${bytes(n)}/s`,
    },
  ];
  const worst = limits.reduce((a, b) => (b.total / b.limit > a.total / a.limit ? b : a));
  const each = worst.total / partitions;
  if (each <= worst.limit) return;
  yield {
    at: [...path, "partitions"],
    part: "value",
    message: `${what} has too few partitions: ${worst.sum} ÷ ${partitions} = ${worst.unit(each)} a partition, above ${worst.unit(worst.limit)}`,
    hint: `Write partitions: ${Math.ceil(worst.total / worst.limit)} or more, now: adding them later moves keys to other partitions, and their order is lost`,
  };
}

function* disk(load: ExpectedLoad, { what, path, partitions, replication, retention }: Subject): Iterable<Misfit> {
  const { peak, sum } = inAYear(load);
  const forever = retention === "forever";
  const kept = forever ? assumed.foreverInSeconds : durationMs(retention) / 1_000;
  const stored = peak * assumed.averageOfPeak * load.averageBytes * kept;
  const each = stored / partitions;
  if (each <= assumed.partitionBytesOnDisk) return;
  const factors = `${sum} × ${assumed.averageOfPeak} (average of the peak) × ${load.averageBytes} bytes`;
  yield {
    at: [...path, "retention"],
    part: "value",
    message: `${what} keeps more than a broker's disk holds: ${factors} × ${forever ? "a year of forever" : retention} ÷ ${partitions} partitions = ${bytes(each)} a partition, above ${bytes(assumed.partitionBytesOnDisk)} (${bytes(stored * replication)} in all, in ${replication} copies)`,
    hint: `Write a shorter retention, or partitions: ${Math.ceil(stored / assumed.partitionBytesOnDisk)} or more`,
  };
}

function inAYear({ peakPerSecond, growthPerYear }: ExpectedLoad): { peak: number; sum: string } {
  const growth = Math.max(1, growthPerYear);
  return { peak: peakPerSecond * growth, sum: `${peakPerSecond} messages/s × ${growth} (growth of a year)` };
}

function round(amount: number): string {
  return String(amount >= 10 ? Math.round(amount) : Number(amount.toPrecision(2)));
}

/** `1.2 MB`, in powers of 1000 as disks and networks are sold. */
function bytes(amount: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, amount)) / 3)));
  return `${round(amount / 1000 ** power)} ${units[power]}`;
}
