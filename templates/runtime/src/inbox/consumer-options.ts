import type { Broker } from "../broker/broker.ts";
import type { Database, Transaction } from "../database/database.ts";
import type { Message } from "../message/message.ts";

/**
 * Runs once for each message, in the transaction that records it as handled: what it writes through `tx` and the mark
 * are committed together or not at all. It may run again after a rollback, so it has no other effects.
 */
export type Handler = (message: Message, tx: Transaction) => Promise<void>;

/**
 * Handles one message outside any transaction, by itself: for what calls something that is not this database. It
 * commits its own transactions, and calls `mark` in the last of them. It runs again after a crash before that.
 */
export type ExternalHandler = (message: Message, run: ExternalRun) => Promise<void>;

export interface ExternalRun {
  readonly database: Database;
  /** Marks the message as handled, in the handler's own transaction. False: it had been before. */
  mark(tx: Transaction): Promise<boolean>;
  /** Aborted when the partition is taken away or the consumer stops. */
  readonly signal: AbortSignal;
}

/** Thrown by a handler for a message that no further attempt can help: it goes to the dead letters at once. */
export class GiveUpError extends Error {
  override readonly name: string = "GiveUpError";
}

/**
 * Thrown by a handler for a message whose time has not come: it is delivered again, and counts as no attempt. Meanwhile
 * later messages of its key wait, and those of its partition that the broker has not handed over yet; the other keys of
 * its batch do not.
 */
export class NotYetError extends Error {
  override readonly name: string = "NotYetError";
  /** Pause until it is tried again. */
  readonly afterMs: number;
  /** Is committed before the pause, although all else that the handler wrote is rolled back. */
  readonly keeping: ((tx: Transaction) => Promise<void>) | undefined;

  constructor(message: string, afterMs: number, keeping?: (tx: Transaction) => Promise<void>) {
    super(message);
    this.afterMs = afterMs;
    this.keeping = keeping;
  }
}

/**
 * Thrown by a handler whose transaction would come through if it began anew: several messages are then tried together
 * once more, and not one by one. Carries the code of a serialization failure.
 */
export class BeginAnewError extends Error {
  override readonly name: string = "BeginAnewError";
  readonly code = "40001";
}

export interface ConsumerOptions {
  /** The broker's consumer group, and this consumer's name in the inbox and in its dead letters. */
  readonly name: string;
  readonly database: Database;
  readonly broker: Broker;
  readonly topics: readonly string[];
  /** By the message's type, `inventory.StockReserved`. Messages of other types just move on. */
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Handles the types that `handlers` and `external` do not name. Default: they just move on. */
  readonly otherwise?: Handler;
  /**
   * Handles messages in order, several in one transaction, in place of `handlers` and `otherwise`: for statements over
   * sets. When it fails for several it is asked again for each by itself. It gets every message; where `handlers`
   * names some, those alone.
   */
  readonly handleAll?: (messages: readonly Message[], tx: Transaction) => Promise<void>;
  /** By type: messages that are handled one by one, outside any transaction (R19). */
  readonly external?: Readonly<Record<string, ExternalHandler>>;
  /** So many external messages, of different keys, are handled at once. Default 16. */
  readonly externalAtOnce?: number;
  /**
   * Whether later messages of a failed one's key wait behind it. Default true. False for a saga's commands and replies,
   * which never wait behind a failed one (R18).
   */
  readonly keepsOrder?: boolean;
  /** For so long, in milliseconds, a failing message is tried in place at most, also when `retry` has attempts left. */
  readonly triedForMs?: (message: Message) => number | undefined;
  /**
   * Runs in the transaction that moves a message to the dead letters. When it fails itself, the message goes there
   * without it: nothing waits behind a message that cannot even be given up.
   */
  readonly onGivenUp?: (message: Message, error: unknown, tx: Transaction) => Promise<void>;
  /**
   * Asked before messages are handled: how many of `wanted` may be, at least one; waits while none may. The rest is
   * asked for again. For a limit on what is in flight (R20).
   */
  readonly admit?: (wanted: number, signal: AbortSignal) => Promise<number>;
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
  /** Its handler says that its time has not come. */
  notYet?(message: Message, error: NotYetError): void;
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
