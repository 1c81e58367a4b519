import { randomUUID } from "node:crypto";
import type { Database, Transaction } from "../../database/database.ts";
import type { SubscribeOptions } from "../broker.ts";
import { assign } from "./assignment.ts";
import { InstanceReplacedError } from "./errors.ts";
import type { PartitionRow } from "./topics.ts";

/** A partition that a member owns. `epoch` counts its owners: with the member's id it fences what is committed. */
export interface OwnedPartition extends PartitionRow {
  readonly epoch: bigint;
  /** False once it shall be given to another member. */
  readonly wanted: boolean;
}

/** One life of a member: from its joining to its leaving, or to its removal for a lease that had run out. */
export interface Membership {
  readonly id: string;
  /** False when the member has been removed. Rejects with `InstanceReplacedError` when another took its place. */
  renew(): Promise<boolean>;
  /** Takes what is assigned and free, and tells everything that is owned. */
  take(): Promise<readonly OwnedPartition[]>;
  /** False when it was another's already. */
  release(partition: OwnedPartition): Promise<boolean>;
  leave(): Promise<void>;
}

/** Joins the group and has its partitions shared out again. A member of the same instance is replaced at once. */
export async function join(database: Database, options: SubscribeOptions, leaseMs: number): Promise<Membership> {
  const { group, topics, from, instance } = options;
  const id = randomUUID();

  await database.transaction(async (tx) => {
    await lockGroup(tx, group);
    await tx.query(BEGIN_POSITIONS, [group, topics, from]);
    if (instance !== undefined) await tx.query(REPLACE_INSTANCE, [group, instance, id]);
    await removeExpired(tx, group, leaseMs, id);
    await tx.query(ADD_MEMBER, [id, group, instance ?? null, topics, leaseMs]);
    await shareOut(tx, group);
  });

  return {
    id,

    async renew() {
      const { rows } = await database.query<{ expired: boolean }>(RENEW, [id, leaseMs]);
      if (rows[0] === undefined) {
        if (instance !== undefined) {
          const { count } = await database.query(FIND_INSTANCE, [group, instance]);
          if (count > 0) throw new InstanceReplacedError(group, instance);
        }
        return false;
      }
      if (rows[0].expired) {
        await database.transaction(async (tx) => {
          await lockGroup(tx, group);
          if (await removeExpired(tx, group, leaseMs, id)) await shareOut(tx, group);
        });
      }
      return true;
    },

    async take() {
      await database.query(TAKE, [group, id]);
      return (await database.query<OwnedRow>(OWNED, [group, id])).rows;
    },

    async release(partition) {
      const { count } = await database.query(RELEASE, [group, partition.id, id, partition.epoch]);
      return count > 0;
    },

    async leave() {
      await database.transaction(async (tx) => {
        await lockGroup(tx, group);
        await tx.query(REMOVE_MEMBER, [id]);
        await tx.query(FREE, [group, [id]]);
        await shareOut(tx, group);
      });
    },
  };
}

type OwnedRow = { id: number; topic: string; number: number; epoch: bigint; wanted: boolean };

async function lockGroup(tx: Transaction, group: string): Promise<void> {
  await tx.query(CREATE_GROUP, [group]);
  await tx.query(LOCK_GROUP, [group]);
}

/** True when somebody was removed: the group is to be shared out again. The caller holds the group's lock. */
async function removeExpired(tx: Transaction, group: string, leaseMs: number, by: string): Promise<boolean> {
  const { rows } = await tx.query<{ id: string }>(REMOVE_EXPIRED, [group, leaseMs, by]);
  if (rows.length > 0) await tx.query(FREE, [group, rows.map(({ id }) => id)]);
  return rows.length > 0;
}

/** Assigns the group's partitions to its members anew. The caller holds the group's lock. */
async function shareOut(tx: Transaction, group: string): Promise<void> {
  const members = await tx.query<{ id: string; topics: string[] }>(MEMBERS, [group]);
  const partitions = await tx.query<{ id: number; topic: string; assigned: string | null }>(ASSIGNED, [group]);
  const shares = assign(members.rows, partitions.rows);
  const moved = partitions.rows.filter((partition) => shares.get(partition.id) !== partition.assigned);
  if (moved.length === 0) return;
  await tx.query(ASSIGN, [
    group,
    moved.map(({ id }) => id),
    moved.map(({ id }) => shares.get(id) ?? null),
    members.rows.map(({ id }) => id),
  ]);
}

const CREATE_GROUP = "INSERT INTO broker.consumer_group (name) VALUES ($1) ON CONFLICT DO NOTHING";

const LOCK_GROUP = "SELECT FROM broker.consumer_group WHERE name = $1 FOR NO KEY UPDATE";

/** Where the group begins in partitions that it has never read. */
const BEGIN_POSITIONS = `
  INSERT INTO broker.group_partition (group_name, partition_id, next_offset)
  SELECT $1, id, CASE $3::text WHEN 'earliest' THEN start_offset ELSE next_offset END
    FROM broker.partition WHERE topic = ANY ($2::text[])
      ON CONFLICT DO NOTHING`;

/** The restarted member inherits what the old one had. Without an owner it can be taken at once. */
const REPLACE_INSTANCE = `
  WITH old AS (DELETE FROM broker.member WHERE group_name = $1 AND instance = $2 RETURNING id)
  UPDATE broker.group_partition g
     SET owner = CASE WHEN g.owner = old.id THEN NULL ELSE g.owner END,
         assigned = CASE WHEN g.assigned = old.id THEN $3 ELSE g.assigned END
    FROM old
   WHERE g.group_name = $1 AND old.id IN (g.owner, g.assigned)`;

/**
 * Guarantee: a member is removed by this server's clock alone, and not before it has had a whole lease's time to
 * renew since this server started: while it was down, nobody could.
 */
function isExpired(member: string): string {
  return `(${member}.lease_until < clock_timestamp()
    AND pg_postmaster_start_time() < clock_timestamp() - $2::int * interval '1 millisecond')`;
}

const REMOVE_EXPIRED = `
  DELETE FROM broker.member WHERE group_name = $1 AND id <> $3 AND ${isExpired("member")} RETURNING id`;

const REMOVE_MEMBER = "DELETE FROM broker.member WHERE id = $1 RETURNING id";

/** From here on the commits of those that are gone are refused. */
const FREE = "UPDATE broker.group_partition SET owner = NULL WHERE group_name = $1 AND owner = ANY ($2::uuid[])";

const ADD_MEMBER = `
  INSERT INTO broker.member (id, group_name, instance, topics, lease_until)
  VALUES ($1, $2, $3, $4, clock_timestamp() + $5::int * interval '1 millisecond')`;

const RENEW = `
  UPDATE broker.member SET lease_until = clock_timestamp() + $2::int * interval '1 millisecond'
   WHERE id = $1
  RETURNING EXISTS (
    SELECT FROM broker.member other WHERE other.group_name = member.group_name AND other.id <> $1
       AND ${isExpired("other")}) AS expired`;

const FIND_INSTANCE = "SELECT FROM broker.member WHERE group_name = $1 AND instance = $2";

const MEMBERS = "SELECT id, topics FROM broker.member WHERE group_name = $1 ORDER BY id";

const ASSIGNED = `
  SELECT p.id, p.topic, g.assigned FROM broker.group_partition g JOIN broker.partition p ON p.id = g.partition_id
   WHERE g.group_name = $1 ORDER BY p.number, p.topic`;

/**
 * Frees what a removed member has taken while it was being removed: this statement waits for its row and then sees
 * that owner, whom no earlier one could.
 */
const ASSIGN = `
  UPDATE broker.group_partition g
     SET assigned = share.member, owner = CASE WHEN g.owner = ANY ($4::uuid[]) THEN g.owner END
    FROM unnest($2::int[], $3::uuid[]) AS share (partition_id, member)
   WHERE g.group_name = $1 AND g.partition_id = share.partition_id`;

/** Guarantee: a partition is taken when it has no owner, never from one. Each new owner has an epoch of its own. */
const TAKE = `
  UPDATE broker.group_partition SET owner = $2, epoch = epoch + 1
   WHERE group_name = $1 AND assigned = $2 AND owner IS NULL`;

const OWNED = `
  SELECT p.id, p.topic, p.number, g.epoch, g.assigned IS NOT DISTINCT FROM g.owner AS wanted
    FROM broker.group_partition g JOIN broker.partition p ON p.id = g.partition_id
   WHERE g.group_name = $1 AND g.owner = $2`;

const RELEASE = `
  UPDATE broker.group_partition SET owner = NULL
   WHERE group_name = $1 AND partition_id = $2 AND owner = $3 AND epoch = $4`;
