import type { Database } from "../../database/database.ts";
import { type OutgoingRecord, RecordRefusedError } from "../broker.ts";
import { partitionFor } from "../murmur2.ts";
import { BrokerClosedError, UnknownTopicError } from "./errors.ts";
import type { Topics } from "./topics.ts";

/** The same limit as Kafka's default, so that what passes here passes there. */
const MAX_RECORD_BYTES = 1_048_576;
/** One append is one statement of at most so much. */
const MAX_APPEND_RECORDS = 1_000;
const MAX_APPEND_BYTES = 8_388_608;

export interface Publisher {
  publish(records: readonly OutgoingRecord[]): Promise<void>;
  /** Resolves when nothing is in flight. Refuses what comes later. */
  close(): Promise<void>;
}

interface PlacedRecord {
  readonly partition: number;
  readonly key: string;
  readonly headers: string;
  readonly value: Uint8Array;
  readonly bytes: number;
}

interface Call {
  readonly records: readonly PlacedRecord[];
  readonly settle: PromiseWithResolvers<void>;
}

/**
 * Appends records, one statement at a time: calls that come while one is in flight share the next. So calls are
 * written in the order in which they came, and many small ones cost one flush of the disk.
 *
 * @param onAppended told the ids of the partitions that have new records, once these are durable
 */
export function createPublisher(
  database: Database,
  topics: Topics,
  onAppended: (partitions: readonly number[]) => void,
): Publisher {
  const queue: Call[] = [];
  /** The last call's place in the queue is fixed before its topics are looked up. */
  let placing: Promise<unknown> = Promise.resolve();
  let pumping: Promise<void> | undefined;
  let closed = false;

  async function pump(): Promise<void> {
    while (queue.length > 0) {
      const calls = takeSome(queue);
      try {
        for (const chunk of chunks(calls.flatMap((call) => call.records))) await append(chunk);
        for (const call of calls) call.settle.resolve();
      } catch (error) {
        for (const call of calls) call.settle.reject(error);
      }
    }
    pumping = undefined;
  }

  async function append(records: readonly PlacedRecord[]): Promise<void> {
    await database.query(APPEND, [
      records.map((record) => record.partition),
      records.map((record) => record.key),
      records.map((record) => record.headers),
      Buffer.concat(records.map((record) => record.value)),
      records.map((record) => record.value.byteLength),
    ]);
    onAppended([...new Set(records.map((record) => record.partition))]);
  }

  async function place(record: OutgoingRecord): Promise<PlacedRecord> {
    const partitions = await topics.partitions(record.topic).catch((error: unknown) => {
      throw error instanceof UnknownTopicError ? new RecordRefusedError(record.topic, error.message, error) : error;
    });
    const headers = JSON.stringify(record.headers);
    const bytes = record.value.byteLength + headers.length + record.key.length;
    if (bytes > MAX_RECORD_BYTES) {
      throw new RecordRefusedError(record.topic, `it has ${bytes} bytes, more than ${MAX_RECORD_BYTES}`);
    }
    if (record.key.includes("\0")) throw new RecordRefusedError(record.topic, "its key contains the character NUL");
    const partition = partitions[partitionFor(record.key, partitions.length)]!.id;
    return { partition, key: record.key, headers, value: record.value, bytes };
  }

  return {
    async publish(records) {
      if (closed) throw new BrokerClosedError();
      if (records.length === 0) return;
      const placed = placing.then(() => Promise.all(records.map(place)));
      placing = placed.catch(() => {});
      const call: Call = { records: await placed, settle: Promise.withResolvers<void>() };
      queue.push(call);
      pumping ??= pump();
      await call.settle.promise;
    },
    async close() {
      closed = true;
      await placing;
      await pumping;
    },
  };
}

/** The calls at the head of the queue that fit into one append, and at least the first. */
function takeSome(queue: Call[]): readonly Call[] {
  let records = 0;
  let bytes = 0;
  let count = 0;
  for (const call of queue) {
    records += call.records.length;
    bytes += call.records.reduce((sum, record) => sum + record.bytes, 0);
    if (count > 0 && (records > MAX_APPEND_RECORDS || bytes > MAX_APPEND_BYTES)) break;
    count++;
  }
  return queue.splice(0, count);
}

function* chunks(records: readonly PlacedRecord[]): Generator<readonly PlacedRecord[]> {
  let start = 0;
  let bytes = 0;
  for (const [at, record] of records.entries()) {
    if (at > start && (at - start >= MAX_APPEND_RECORDS || bytes + record.bytes > MAX_APPEND_BYTES)) {
      yield records.slice(start, at);
      start = at;
      bytes = 0;
    }
    bytes += record.bytes;
  }
  yield records.slice(start);
}

const APPEND = "SELECT broker.append($1::int[], $2::text[], $3::text[], $4::bytea, $5::int[])";
