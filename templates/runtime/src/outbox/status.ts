import type { Database } from "../database/database.ts";
import { outboxQuery } from "./queries.ts";

const BACKLOG = outboxQuery("backlog");
const BLOCKED = outboxQuery("blocked");
const OLDEST_TRANSACTION = outboxQuery("oldest-transaction");
const SHARDS = outboxQuery("shards");

export interface RelayStatus {
  /** Rows that the broker has not acknowledged. */
  readonly unpublished: number;
  /** Age of the oldest of them; 0 without any. */
  readonly oldestUnpublishedSeconds: number;
  /** Aggregates that wait for an operator. */
  readonly parked: readonly BlockedAggregate[];
  /** Aggregates that wait for their next attempt. */
  readonly retrying: readonly BlockedAggregate[];
  /** Open transactions keep dead rows from being removed, and writers among them hold up the floors. */
  readonly oldestTransaction: {
    /** How many have begun since, in the whole cluster. */
    readonly transactions: bigint;
    /** Of those that this role may see. */
    readonly seconds: number;
  };
  readonly shards: readonly { readonly shard: number; readonly owner: string | null }[];
}

export interface BlockedAggregate {
  readonly topic: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  /** Of its first row, the one that failed. */
  readonly messageId: string;
  readonly attempts: number;
  readonly reason: string;
  /** Of the first failure. */
  readonly since: Date;
  readonly retryAt: Date;
}

/** What an alarm should look at. */
export async function relayStatus(database: Pick<Database, "query">): Promise<RelayStatus> {
  const [backlog, blocked, oldest, shards] = await Promise.all([
    database.query<{ unpublished: number; oldestSeconds: number }>(BACKLOG),
    database.query<BlockedAggregate & { parked: boolean } & Record<string, unknown>>(BLOCKED),
    database.query<{ transactions: bigint; seconds: number }>(OLDEST_TRANSACTION),
    database.query<{ shard: number; owner: string | null }>(SHARDS),
  ]);
  return {
    unpublished: backlog.rows[0]?.unpublished ?? 0,
    oldestUnpublishedSeconds: backlog.rows[0]?.oldestSeconds ?? 0,
    parked: blocked.rows.filter((row) => row.parked),
    retrying: blocked.rows.filter((row) => !row.parked),
    oldestTransaction: oldest.rows[0] ?? { transactions: 0n, seconds: 0 },
    shards: shards.rows.map(({ shard, owner }) => ({ shard, owner })),
  };
}
