import { createAlarm } from "../../alarm.ts";
import type { Database } from "../../database/database.ts";
import type { Batch, SubscribeOptions, Subscription } from "../broker.ts";
import { InstanceReplacedError } from "./errors.ts";
import type { BrokerLog } from "./log.ts";
import { join, type Membership, type OwnedPartition } from "./membership.ts";
import type { Outage } from "./outage.ts";
import { createPartitionReader, type PartitionReader } from "./partition-reader.ts";
import { createReading } from "./reading.ts";
import type { Sleeper, WakeUps } from "./wake-ups.ts";

const DEFAULT_MAX_BATCH = 200;
const RENEWALS_PER_LEASE = 4;

export interface SubscriptionContext {
  readonly database: Database;
  readonly wakeUps: WakeUps;
  readonly log: BrokerLog;
  readonly outage: Outage;
  readonly leaseMs: number;
  /** Limits of the poll that stands behind the wake-ups. */
  readonly pollMs: { readonly shortest: number; readonly longest: number };
}

/** Joins a group and reads what is assigned to it, until it is closed. Resolves once it has joined. */
export async function startSubscription(
  context: SubscriptionContext,
  options: SubscribeOptions,
  onBatch: (batch: Batch) => Promise<void>,
): Promise<Subscription> {
  const { database, wakeUps, log, leaseMs } = context;
  const { group } = options;
  const reading = createReading(database);
  const readers = new Map<number, PartitionReader>();
  const membershipChanged = createAlarm();
  const pollAgain = createAlarm();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => {});
  let closing = false;
  let closed: Promise<void> | undefined;
  let lapse: NodeJS.Timeout | undefined;
  const joining = performance.now();
  let membership = await join(database, options, leaseMs);
  guardLease(joining);
  wakeUps.group(group);

  const sleeper: Sleeper = {
    onRecords(partitions) {
      for (const [id, reader] of readers) if (partitions === "any" || partitions.has(id)) reader.wake();
    },
    onGroup(changed) {
      if (changed === "any" || changed === group) membershipChanged.ring();
    },
  };

  /** Renews the lease and follows the assignment, at every change of the group and several times a lease. */
  async function keepMembership(): Promise<void> {
    const outage = context.outage.witness();
    while (!closing) {
      try {
        const asked = performance.now();
        if (!(await membership.renew())) {
          log.warn({ group, member: membership.id }, "this member's lease had run out; it joins the group again");
          for (const reader of readers.values()) reader.lose();
          membership = await join(database, options, leaseMs);
          wakeUps.group(group);
        }
        guardLease(asked);
        follow(await membership.take());
        outage.over();
        await membershipChanged.sleep(leaseMs / RENEWALS_PER_LEASE);
      } catch (error) {
        if (error instanceof InstanceReplacedError) return fail(error);
        await membershipChanged.sleep(outage.failed(error));
      }
    }
    outage.over();
  }

  /**
   * Tells running handlers when a lease's time has passed since a renewal was last asked for and granted: another
   * member may have taken over. Until then the server has not let the lease run out.
   */
  function guardLease(asked: number): void {
    clearTimeout(lapse);
    if (closing) return;
    const interrupt = () => {
      for (const reader of readers.values()) reader.interrupt();
    };
    lapse = setTimeout(interrupt, Math.max(0, asked + leaseMs - performance.now()));
  }

  function follow(owned: readonly OwnedPartition[]): void {
    if (closing) return;
    const wanted = new Map(owned.map((partition) => [partition.id, partition]));
    for (const [id, reader] of readers) {
      const now = wanted.get(id);
      if (now === undefined || now.epoch !== reader.partition.epoch) reader.lose();
      else if (!now.wanted) reader.drain();
    }
    for (const partition of owned) {
      const reader = readers.get(partition.id);
      if (reader?.partition.epoch !== partition.epoch) start(partition, membership, reader?.ended);
    }
  }

  function start(partition: OwnedPartition, owner: Membership, after: Promise<void> | undefined): void {
    const { maxBatch = DEFAULT_MAX_BATCH } = options;
    const parts = {
      reading,
      group,
      owner: owner.id,
      partition,
      maxBatch,
      log,
      outage: context.outage,
      onBatch,
      after,
    };
    const reader = createPartitionReader(parts);
    readers.set(partition.id, reader);
    void reader.ended.then(() => giveBack(reader, owner));
  }

  async function giveBack(reader: PartitionReader, owner: Membership): Promise<void> {
    if (readers.get(reader.partition.id) === reader) readers.delete(reader.partition.id);
    // A closing member leaves with all of them at once.
    if (closing) return;
    try {
      if (await owner.release(reader.partition)) wakeUps.group(group);
    } catch (error) {
      log.warn({ group, error }, "a partition could not be given back; trying again");
    }
    membershipChanged.ring();
  }

  /** Looks for records whose wake-up was lost; at short intervals while wake-ups cannot arrive. */
  async function poll(): Promise<void> {
    const { shortest, longest } = context.pollMs;
    const outage = context.outage.witness();
    let pause = longest;
    while (!closing) {
      await pollAgain.sleep(pause);
      if (closing) break;
      try {
        const { rows } = await database.query<{ id: number }>(BEHIND, [group, membership.id]);
        for (const { id } of rows) readers.get(id)?.wake();
        outage.over();
        const least = wakeUps.connected ? longest : shortest;
        pause = rows.length > 0 ? least : Math.max(least, Math.min(pause * 2, longest));
      } catch (error) {
        pause = outage.failed(error);
      }
    }
    outage.over();
  }

  function fail(error: Error): void {
    log.error({ group, error }, "the subscription has ended");
    for (const reader of readers.values()) reader.lose();
    ended.reject(error);
    void close();
  }

  function close(): Promise<void> {
    closed ??= end();
    return closed;
  }

  async function end(): Promise<void> {
    closing = true;
    clearTimeout(lapse);
    membershipChanged.ring();
    pollAgain.ring();
    wakeUps.remove(sleeper);
    for (const reader of readers.values()) {
      reader.interrupt();
      reader.drain();
    }
    await Promise.all([...readers.values()].map((reader) => reader.ended));
    await loops;
    try {
      await membership.leave();
      wakeUps.group(group);
    } catch (error) {
      log.warn({ group, error }, "the group could not be left; the lease will run out instead");
    }
    ended.resolve();
  }

  wakeUps.add(sleeper);
  const loops = Promise.all([keepMembership(), poll()]);
  return { close, ended: ended.promise };
}

const BEHIND = `
  SELECT p.id FROM broker.group_partition g JOIN broker.partition p ON p.id = g.partition_id
   WHERE g.group_name = $1 AND g.owner = $2 AND p.next_offset > g.next_offset`;
