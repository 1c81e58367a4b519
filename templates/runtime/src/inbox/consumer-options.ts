import type { Broker } from "../broker/broker.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Message } from "../message/message.ts";

/**
 * Runs once for each message, in the transaction that records it as handled: what it writes through `tx` and the mark
 * are committed together or not at all. It may run again after a rollback, so it has no other effects.
 */
export type Handler = (message: Message, tx: Transaction) => Promise<void>;

export interface ConsumerOptions {
  /** The broker's consumer group, and this consumer's name in the inbox and in its dead letters. */
  readonly name: string;
  readonly database: Database;
  readonly broker: Broker;
  readonly topics: readonly string[];
  /** By the message's type, `inventory.StockReserved`. Messages of other types just move on. */
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Where the group begins when it is new. Default `earliest`. */
  readonly from?: "earliest" | "latest";
  /** Messages handled in one transaction at most. Default 200. */
  readonly maxBatch?: number;
  /** Name of this member, the same after a restart. */
  readonly instance?: string;
  readonly retry?: ConsumerRetry;
  /**
   * So long the inbox remembers. Default 30 days. Longer than a dead letter or a restored backup may be old: a message
   * that comes again after that is skipped, for nobody can tell whether it was handled.
   */
  readonly horizonMs?: number;
  /** Pause between two looks for dead letters to replay. Default 1,000. */
  readonly replayPollMs?: number;
  readonly observer?: ConsumerObserver;
  /** Called after a transaction that handled messages has committed: the moment to kick a relay. */
  readonly onCommit?: () => void;
}

/** How often a failing message is tried, alone and in place: its whole partition waits for so long. */
export interface ConsumerRetry {
  /** Counts the first. Default 6. */
  readonly attempts?: number;
  /** Pause after the first failure. Default 100. */
  readonly initialMs?: number;
  /** Default 3: with the others, pauses of 0.1, 0.3, 0.9, 2.7 and 8.1 s. */
  readonly multiplier?: number;
  /** Default 10,000. */
  readonly maxMs?: number;
}

/** Hears what happens, once it is committed. Must not throw. */
export interface ConsumerObserver {
  handled?(message: Message, seconds: number): void;
  /** It had been decided before. */
  duplicate?(message: Message): void;
  /** One attempt of a handler; it was rolled back. */
  failed?(message: Message, error: unknown, seconds: number): void;
  deadLettered?(letter: LetteredMessage): void;
  /** It waits behind a dead letter of its key. */
  parked?(message: LetteredMessage): void;
  /** It came again from before the inbox's horizon, and was skipped. */
  forgotten?(message: Message): void;
  /** Database or broker away, or the partition taken: what was not committed comes again. */
  interrupted?(error: unknown): void;
}

export interface LetteredMessage {
  /** Absent when the record could not be read. */
  readonly id?: string;
  readonly type?: string;
  readonly topic: string;
  readonly key: string;
  readonly error?: unknown;
}

export interface Consumer {
  start(): Promise<void>;
  /** Lets running handlers end. */
  stop(): Promise<void>;
}
