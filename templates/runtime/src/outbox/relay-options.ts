import type { Broker } from "../broker/broker.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { OutboxRow } from "./outbox.ts";

export interface RelayOptions {
  readonly database: Database;
  readonly broker: Broker;
  /**
   * Name of this relay, unique among those that share the outbox. The same after a restart: it goes on with its shards
   * at once, instead of waiting for its own lease to end. Default: a new name each time.
   */
  readonly name?: string;
  /** Rows sent at once. Default 500. */
  readonly batch?: number;
  /** Bytes of payload sent at once. Default 4 MiB. A larger row goes alone. */
  readonly batchBytes?: number;
  /** Published rows are kept so long. Default 0: deleted at once. */
  readonly retentionMs?: number;
  /** Pause after a look that found something; it doubles up to `slowPollMs` while nothing comes. Default 10. */
  readonly fastPollMs?: number;
  /** Default 1,000. */
  readonly slowPollMs?: number;
  /** A relay that is not heard of for so long loses its shards. Default 5,000. */
  readonly leaseMs?: number;
  /** What the broker may take for one answer. Default 30,000. */
  readonly sendTimeoutMs?: number;
  /** How often an aggregate's row is refused before the aggregate is parked, and the pauses between. */
  readonly retry?: RelayRetry;
  readonly observer?: RelayObserver;
  /**
   * Runs in the transaction that records rows as published, with the rows that this transaction alone records. For what
   * must begin when a message has left, such as the clock of a saga's step.
   */
  readonly onPublished?: (tx: Transaction, ids: readonly string[]) => Promise<void>;
}

export interface RelayRetry {
  /** Default 10. Sends do not count that fail because the broker is away or takes nothing. */
  readonly attempts?: number;
  /** Default 500. It doubles from attempt to attempt. */
  readonly initialMs?: number;
  /** Default 60,000. */
  readonly maxMs?: number;
}

/** Hears what happens, for metrics and logs. Must not throw. */
export interface RelayObserver {
  /** `seconds`: from the claim to the record of the acknowledgement. */
  published?(count: number, seconds: number): void;
  /** The rows of `published`, and when they were claimed. A row may come twice, like its message. */
  sent?(rows: readonly OutboxRow[], claimedAt: Date): void;
  refused?(failure: RefusedRow): void;
  /** Database or broker away: the relay pauses and goes on. */
  interrupted?(error: unknown): void;
  shards?(owned: readonly number[]): void;
}

export interface RefusedRow {
  readonly messageId: string;
  readonly topic: string;
  readonly key: string;
  readonly attempts: number;
  /** Attempts are used up: the aggregate waits for `unpark`. */
  readonly parked: boolean;
  readonly error: unknown;
}
