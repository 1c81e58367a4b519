import type { Transaction } from "../database/database.ts";
import type { Envelope } from "../message/message.ts";

/** A message on its way into the outbox. Its id is minted by the insert, unless the caller has fixed one. */
export interface OutboxMessage {
  readonly topic: string;
  readonly key: string;
  /** `Order`: Debezium's `aggregatetype`. */
  readonly aggregateType: string;
  readonly envelope: Omit<Envelope, "id" | "time"> & { readonly id?: string };
  readonly data: unknown;
}

/**
 * Inserts messages in the caller's transaction, and in the order given. Call it only after that transaction holds
 * the aggregate's row lock or has passed its version check: else two writers invert the order.
 */
export type InsertMessages = (tx: Transaction, messages: readonly OutboxMessage[]) => Promise<readonly string[]>;

/** Publishes what is in the outbox. */
export interface Relay {
  start(): Promise<void>;
  /** Lets the batch in flight end. */
  stop(): Promise<void>;
  /** Looks at once instead of at the next poll. Called by whoever has just committed. */
  kick(): void;
}

/** A row of the outbox as the relay claims it. `payload` and `envelope` are JSON, as PostgreSQL writes it. */
export interface OutboxRow {
  readonly id: string;
  readonly aggregateType: string;
  readonly key: string;
  readonly type: string;
  readonly payload: string;
  readonly topic: string;
  readonly envelope: string;
  readonly position: bigint;
  readonly createdAt: Date;
  readonly shard: number;
  /** Of the shard's owner at the time of the claim. */
  readonly token: bigint;
}
