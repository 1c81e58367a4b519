import type { Database, Transaction } from "../database/database.ts";
import { outboxQuery } from "./queries.ts";

const LOCK_SHARDS = outboxQuery("lock-shards");
const UNPARK = outboxQuery("unpark");

/** What is left out matches everything. */
export interface ParkedFilter {
  readonly topic?: string;
  readonly aggregateType?: string;
  readonly aggregateId?: string;
}

/** Gives parked aggregates back to the relay, which begins with the row that failed. Answers how many there were. */
export async function unpark(database: Database, filter: ParkedFilter): Promise<number> {
  return database.transaction((tx) => unparkIn(tx, filter));
}

/** The same in the caller's transaction, whose commit gives them back. */
export async function unparkIn(tx: Transaction, filter: ParkedFilter): Promise<number> {
  await tx.query(LOCK_SHARDS);
  const values = [filter.topic ?? null, filter.aggregateType ?? null, filter.aggregateId ?? null];
  return (await tx.query<{ count: number }>(UNPARK, values)).rows[0]?.count ?? 0;
}
