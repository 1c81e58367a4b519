import { setTimeout as delay } from "node:timers/promises";
import { createAlarm } from "../../alarm.ts";
import { type Batch, type IncomingRecord, PartitionLostError } from "../broker.ts";
import type { BrokerLog } from "./log.ts";
import type { OwnedPartition } from "./membership.ts";
import type { Outage } from "./outage.ts";
import type { Fence, Reading } from "./reading.ts";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;

/** Reads one partition for as long as its member owns it: fetch, hand over, commit, again. */
export interface PartitionReader {
  readonly partition: OwnedPartition;
  /** There may be new records. */
  wake(): void;
  /** Aborts the running batch's signal. What is not committed comes again. */
  interrupt(): void;
  /** Ends after the running batch. */
  drain(): void;
  /** The partition is another's: ends at once, the running batch's signal is aborted. */
  lose(): void;
  readonly ended: Promise<void>;
}

export interface PartitionReaderOptions {
  readonly reading: Reading;
  readonly group: string;
  readonly owner: string;
  readonly partition: OwnedPartition;
  readonly maxBatch: number;
  readonly log: BrokerLog;
  readonly outage: Outage;
  readonly onBatch: (batch: Batch) => Promise<void>;
  /** Begins after that: a former reader of the partition in this process, whose handler may still be running. */
  readonly after: Promise<void> | undefined;
}

export function createPartitionReader(options: PartitionReaderOptions): PartitionReader {
  const { reading, group, owner, partition, log } = options;
  const outage = options.outage.witness();
  const { topic, number } = partition;
  const fence: Fence = { group, partition: partition.id, owner, epoch: partition.epoch };
  const lost = () => new PartitionLostError(group, topic, number);
  const place = { group, topic, partition: number };
  const alarm = createAlarm();
  const stopping = new AbortController();
  let running: AbortController | undefined;

  async function read(): Promise<void> {
    await options.after;
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const fetched = await reading.fetch(fence, options.maxBatch);
        outage.over();
        if (fetched === "lost") return;
        if (fetched.skipped > 0n) {
          log.warn({ ...place, skipped: fetched.skipped.toString() }, "retention has deleted records not yet read");
          // Or a partition with nothing left to read would be looked into, and this be said, at every poll.
          if (!(await reading.commit(fence, fetched.seeks, fetched.next))) return;
        }
        const handed = fetched.records.length === 0 || (await hand(fetched.records, fetched.seeks));
        if (handed === false) await pause(Math.min(FIRST_RETRY_MS * 2 ** failures++, LONGEST_RETRY_MS));
        else {
          failures = 0;
          // What has been written since the fetch has rung.
          if (handed !== "some" && !fetched.more) await alarm.sleep();
        }
      } catch (error) {
        if (error instanceof PartitionLostError) return;
        await pause(outage.failed(error));
      }
    }
  }

  /** Hands records over. "some": the rest of them comes again. False when all do, after a pause. */
  async function hand(
    rows: readonly Omit<IncomingRecord, "topic" | "partition">[],
    seeks: bigint,
  ): Promise<true | "some" | false> {
    const records = rows.map((row) => ({ ...row, topic, partition: number }));
    const first = records[0]!.offset;
    const end = records.at(-1)!.offset + 1n;
    let committed: bigint | undefined;
    const controller = new AbortController();
    running = controller;

    async function commit(next: bigint): Promise<void> {
      if (next < first || next > end) {
        throw new RangeError(`${topic}[${number}]: ${next} is no position of a batch from ${first} to ${end}`);
      }
      if (!(await reading.commit(fence, seeks, next))) {
        controller.abort(lost());
        throw lost();
      }
      if (committed === undefined || next > committed) committed = next;
    }

    try {
      await options.onBatch({ topic, partition: number, records, signal: controller.signal, commit });
    } catch (error) {
      if (!controller.signal.aborted) log.error({ ...place, offset: first.toString(), error }, "a handler failed");
      return false;
    } finally {
      running = undefined;
    }
    if (committed === undefined) await commit(end);
    else if (committed < end) return committed > first && "some";
    return true;
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: stopping.signal }).catch(() => {});
  }

  function stop(): void {
    stopping.abort();
    alarm.ring();
  }

  return {
    partition,
    wake: () => alarm.ring(),
    interrupt: () => running?.abort(new Error(`${topic}[${number}]: the batch was interrupted`)),
    drain: stop,
    lose() {
      running?.abort(lost());
      stop();
    },
    ended: read().finally(outage.over),
  };
}
