import { type Broker, type OutgoingRecord, RecordRefusedError } from "../broker/broker.ts";
import type { OutboxRow } from "./outbox.ts";

/** What became of a batch. What is in none of the lists was not tried, and stays in the outbox. */
export interface Sent {
  readonly acknowledged: readonly OutboxRow[];
  /** The first row of an aggregate that the broker refused while it took others or answered otherwise. */
  readonly refused: readonly { readonly row: OutboxRow; readonly error: unknown }[];
  /** The broker does not answer, or takes nothing: no row is to blame. */
  readonly outage?: unknown;
}

export interface SendOptions {
  readonly timeoutMs: number;
  /** Asked before each call to the broker: false ends the batch, for another relay has the shards by now. */
  readonly mayGoOn: () => boolean;
}

/**
 * Sends rows that are in order. When the broker refuses the batch, it is divided until the aggregate that cannot be sent
 * stands alone, so that every other one goes on. Nothing of an aggregate follows its refused row.
 */
export async function send(broker: Broker, rows: readonly OutboxRow[], options: SendOptions): Promise<Sent> {
  const acknowledged: OutboxRow[] = [];
  const refused: { row: OutboxRow; error: unknown }[] = [];
  if (!options.mayGoOn()) return { acknowledged, refused };
  const outcome = await publish(rows);
  if (outcome === undefined) return { acknowledged: rows, refused };
  // A broker that is away refuses everything, and no aggregate must be parked for that.
  if (!(await answers(broker, options.timeoutMs))) return { acknowledged, refused, outage: outcome.error };
  const outage = await divide(byAggregate(rows), outcome.error);
  if (outage !== undefined) return { acknowledged, refused, outage };
  // Nor for one that answers and takes nothing, of anybody: its disk is full, or it has become a standby.
  const [first] = refused;
  const blamesRecords = refused.some(({ error }) => error instanceof RecordRefusedError);
  if (first === undefined || acknowledged.length > 0 || blamesRecords) return { acknowledged, refused };
  return { acknowledged, refused: [], outage: first.error };

  /** `undefined` when the broker took all of them. */
  async function publish(some: readonly OutboxRow[]): Promise<{ readonly error: unknown } | undefined> {
    try {
      await within(options.timeoutMs, broker.publish(some.map(record)));
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  /** The rows of `groups` have just been refused together. Answers the outage that ends the batch, if there is one. */
  async function divide(groups: readonly (readonly OutboxRow[])[], error: unknown): Promise<unknown> {
    if (groups.length === 1) return one(groups[0] ?? [], error);
    const middle = groups.length >> 1;
    for (const half of [groups.slice(0, middle), groups.slice(middle)]) {
      if (!options.mayGoOn()) return undefined;
      const outcome = await publish(half.flat());
      if (outcome === undefined) {
        acknowledged.push(...half.flat());
      } else {
        const outage = await divide(half, outcome.error);
        if (outage !== undefined) return outage;
      }
    }
    return undefined;
  }

  /** Row by row, up to the first that is refused. */
  async function one(aggregate: readonly OutboxRow[], error: unknown): Promise<unknown> {
    for (const row of aggregate) {
      if (!options.mayGoOn()) return undefined;
      const outcome = aggregate.length === 1 ? { error } : await publish([row]);
      if (outcome !== undefined) {
        if (!(await answers(broker, options.timeoutMs))) return outcome.error;
        refused.push({ row, error: outcome.error });
        return undefined;
      }
      acknowledged.push(row);
    }
    return undefined;
  }
}

/** The record that Debezium's outbox event router makes of the same row. */
export function record(row: OutboxRow): OutgoingRecord {
  return {
    topic: row.topic,
    key: row.key,
    value: encoder.encode(row.payload),
    headers: { eda: row.envelope, id: row.id, type: row.type },
  };
}

const encoder = new TextEncoder();

function byAggregate(rows: readonly OutboxRow[]): readonly (readonly OutboxRow[])[] {
  return [...Map.groupBy(rows, (row) => `${row.topic}\u001f${row.key}`).values()];
}

/** Whether the broker can be asked anything at all. */
async function answers(broker: Broker, timeoutMs: number): Promise<boolean> {
  try {
    await within(timeoutMs, broker.positions("eda-relay"));
    return true;
  } catch {
    return false;
  }
}

/** What comes in after the limit is ignored: if it was sent after all, it is a duplicate. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the broker has not answered within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
