/**
 * The one interface between the runtime and a message broker. Nothing above it knows which broker runs.
 *
 * Every implementation passes the same conformance suite: order per key, at least once across a kill, independent
 * groups, rebalance without loss, headers, large messages, redelivery after a failed handler.
 */
export interface Broker {
  /** Creates the topics that do not exist yet. Never changes one that does. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /**
   * Appends the records, those of one key in the order given, and resolves once all of them are durable. On a
   * rejection some may be durable all the same: publish them again, consumers recognise duplicates. A rejection with
   * `RecordRefusedError` says that one of them is to blame; any other may as well be the broker's own trouble.
   */
  publish(records: readonly OutgoingRecord[]): Promise<void>;
  /** Joins a consumer group. Each partition is handed to one member at a time, as far as leases can tell. */
  subscribe(options: SubscribeOptions, onBatch: (batch: Batch) => Promise<void>): Promise<Subscription>;
  /** Where a group stands in each partition of its topics. */
  positions(group: string): Promise<readonly GroupPosition[]>;
  /** Moves a group's position. Takes effect at the next fetch of the partition's owner. */
  seek(group: string, topic: string, partition: number, offset: bigint): Promise<void>;
  close(): Promise<void>;
}

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
}

export interface OutgoingRecord {
  readonly topic: string;
  /** Records of one key share a partition (murmur2, as Kafka's Java client hashes) and keep their order. */
  readonly key: string;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IncomingRecord extends OutgoingRecord {
  readonly partition: number;
  readonly offset: bigint;
  /** When the broker took it. */
  readonly timestamp: Date;
}

export interface SubscribeOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Where a group that has no position yet begins. */
  readonly from: "earliest" | "latest";
  /** At most so many records are handed over at once. Default 200. */
  readonly maxBatch?: number;
  /** Name of this member, unique in the group and the same after a restart, so that a restart takes its place. */
  readonly instance?: string;
}

/** Consecutive records of one partition. Batches of one partition never overlap in time within one member. */
export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly IncomingRecord[];
  /** Aborted when the partition is taken away or the subscription closes: stop, what is not committed comes again. */
  readonly signal: AbortSignal;
  /**
   * Commits the group's position: the offset of the next record to read. Refused (rejects with
   * `PartitionLostError`) when the partition has moved to another member. A handler that returns without a commit
   * has the whole batch committed; one that throws has the rest of it delivered again after a pause.
   */
  commit(next: bigint): Promise<void>;
}

export interface GroupPosition {
  readonly topic: string;
  readonly partition: number;
  /** Offset of the next record to read. */
  readonly next: bigint;
  /** Offset that the next record written to the partition will have. */
  readonly end: bigint;
}

export interface Subscription {
  /** Stops fetching, lets running handlers end, gives the partitions back. */
  close(): Promise<void>;
  /** Resolves when the subscription has ended: after `close`, or rejects when it cannot go on. */
  readonly ended: Promise<void>;
}

/** A record that the broker does not take, whatever its own state. Nothing of its call was published. */
export class RecordRefusedError extends Error {
  constructor(topic: string, reason: string, cause?: unknown) {
    super(`a record for ${topic} cannot be published: ${reason}`, { cause });
    this.name = "RecordRefusedError";
  }
}

export class PartitionLostError extends Error {
  constructor(group: string, topic: string, partition: number) {
    super(`group ${group} no longer owns ${topic}[${partition}] here: another member has taken it`);
    this.name = "PartitionLostError";
  }
}
