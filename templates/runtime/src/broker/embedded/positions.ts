import type { Database } from "../../database/database.ts";
import type { GroupPosition } from "../broker.ts";
import { UnknownTopicError } from "./errors.ts";

export async function groupPositions(database: Database, group: string): Promise<readonly GroupPosition[]> {
  return (await database.query<GroupPosition & Record<string, unknown>>(POSITIONS, [group])).rows;
}

/** @returns the id of the partition */
export async function seekGroup(
  database: Database,
  group: string,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<number> {
  return database.transaction(async (tx) => {
    const { rows } = await tx.query<{ id: number; end: bigint }>(PARTITION, [topic, partition]);
    const found = rows[0];
    if (found === undefined) throw new UnknownTopicError(`${topic}[${partition}]`);
    if (offset < 0n || offset > found.end) {
      throw new RangeError(`${topic}[${partition}] has positions from 0 to ${found.end}; ${offset} is none of them`);
    }
    await tx.query(CREATE_GROUP, [group]);
    await tx.query(SEEK, [group, found.id, offset]);
    return found.id;
  });
}

const POSITIONS = `
  SELECT p.topic, p.number AS partition, greatest(g.next_offset, p.start_offset) AS next, p.next_offset AS "end"
    FROM broker.group_partition g JOIN broker.partition p ON p.id = g.partition_id
   WHERE g.group_name = $1 ORDER BY p.topic, p.number`;

const PARTITION = `SELECT id, next_offset AS "end" FROM broker.partition WHERE topic = $1 AND number = $2`;

const CREATE_GROUP = "INSERT INTO broker.consumer_group (name) VALUES ($1) ON CONFLICT DO NOTHING";

/** Counted, so that a batch fetched before it does not commit over it. */
const SEEK = `
  INSERT INTO broker.group_partition AS g (group_name, partition_id, next_offset) VALUES ($1, $2, $3)
      ON CONFLICT (group_name, partition_id) DO UPDATE SET next_offset = excluded.next_offset, seeks = g.seeks + 1`;
