import type { NodePath } from "../_system/place.ts";
import type { ExpectedLoad, System } from "../_system/system.ts";
import { secondsOf } from "./duration.ts";

/**
 * What one partition is assumed to carry. All three are cautious on purpose: they are to be replaced by a measurement,
 * and a warning too many costs a minute.
 */
export const assumed = {
  /** Bytes per second written to one partition; the usual cautious figure for planning a Kafka cluster. */
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
  const { stream } = system;
  const load = stream.expected;
  if (!load) return;
  const expected: NodePath = ["stream", "expected"];
  if (load.averageBytes > assumed.messageBytes) {
    yield {
      at: [...expected, "averageBytes"],
      part: "value",
      message: `A message of ${bytes(load.averageBytes)} on average does not fit the broker's limit of 1 MiB with its headers`,
      hint: "Store the large part elsewhere and put its address into the event",
    };
  }
  if (stream.replication < 3) {
    const copies = stream.replication === 1 ? "one copy" : `${stream.replication} copies`;
    yield {
      at: ["stream", "replication"],
      part: "value",
      message: `${load.peakPerSecond} messages/s are expected and each is kept in ${copies}: with one broker down, writing stops or acknowledged messages can be lost`,
      hint: "Write replication: 3, which with two in-sync replicas goes on when one broker is lost",
    };
  }
  yield* fits(load, "A topic (by default)", stream, (key) => ["stream", key]);
  for (const topic of system.topics) {
    const differs = topic.partitions !== stream.partitions || topic.retention !== stream.retention;
    if (differs) yield* fits(load, `Topic ${topic.name}`, topic, (key) => ["topics", topic.name, key]);
  }
}

interface Settings {
  readonly partitions: number;
  readonly replication: number;
  readonly retention: string;
}

function* fits(
  load: ExpectedLoad,
  what: string,
  settings: Settings,
  path: (key: string) => NodePath,
): Iterable<Misfit> {
  const { partitions, replication, retention } = settings;
  const growth = Math.max(1, load.growthPerYear);
  const peak = load.peakPerSecond * growth;
  const peakSum = `${load.peakPerSecond} messages/s × ${growth} (growth of a year)`;

  const limits = [
    {
      each: peak / partitions,
      limit: assumed.partitionMessagesPerSecond,
      sum: peakSum,
      unit: (n: number) => `${round(n)} messages/s`,
    },
    {
      each: (peak * load.averageBytes) / partitions,
      limit: assumed.partitionBytesPerSecond,
      sum: `${peakSum} × ${load.averageBytes} bytes`,
      unit: (n: number) => `${bytes(n)}/s`,
    },
  ];
  const needed = Math.max(...limits.map(({ each, limit }) => Math.ceil((each * partitions) / limit)));
  const worst = limits.toSorted((a, b) => b.each / b.limit - a.each / a.limit)[0]!;
  if (worst.each > worst.limit) {
    yield {
      at: path("partitions"),
      part: "value",
      message: `${what} has too few partitions: ${worst.sum} ÷ ${partitions} = ${worst.unit(worst.each)} a partition, above ${worst.unit(worst.limit)}`,
      hint: `Write partitions: ${needed} or more, now: adding them later moves keys to other partitions, and their order is lost`,
    };
  }

  const kept = retention === "forever" ? assumed.foreverInSeconds : secondsOf(retention);
  const stored = peak * assumed.averageOfPeak * load.averageBytes * kept;
  if (stored / partitions > assumed.partitionBytesOnDisk) {
    const period = retention === "forever" ? "a year of forever" : retention;
    yield {
      at: path("retention"),
      part: "value",
      message:
        `${what} keeps more than a broker can hold: ${peakSum} × ${assumed.averageOfPeak} (average of the peak) × ${load.averageBytes} bytes × ${period} ÷ ${partitions} partitions = ` +
        `${bytes(stored / partitions)} a partition, above ${bytes(assumed.partitionBytesOnDisk)} (${bytes(stored * replication)} in all, with ${replication} copies)`,
      hint: `Write a shorter retention, or partitions: ${Math.ceil(stored / assumed.partitionBytesOnDisk)} or more`,
    };
  }
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
