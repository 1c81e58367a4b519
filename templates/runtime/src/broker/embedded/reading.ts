import type { Database } from "../../database/database.ts";
import type { IncomingRecord } from "../broker.ts";

/** A batch holds at most so many bytes of values, or one record. */
const MAX_BATCH_BYTES = 8_388_608;

/** Who may read and commit: the owner of a partition, in its epoch. */
export interface Fence {
  readonly group: string;
  readonly partition: number;
  readonly owner: string;
  readonly epoch: bigint;
}

export interface Fetched {
  readonly records: readonly Omit<IncomingRecord, "topic" | "partition">[];
  /** Seeks of the group up to this fetch. */
  readonly seeks: bigint;
  /** Where the group stands, moved up to the first record that retention has left. */
  readonly next: bigint;
  /** Records between the group's position and the first one that retention has left. */
  readonly skipped: bigint;
}

/** The records at the group's position, none when there is no more; "lost" when the fence holds no longer. */
export async function fetchRecords(database: Database, fence: Fence, limit: number): Promise<Fetched | "lost"> {
  const { group, partition, owner, epoch } = fence;
  const { rows } = await database.query<Row>(FETCH, [group, partition, owner, epoch, limit, MAX_BATCH_BYTES]);
  const first = rows[0];
  if (first === undefined) return "lost";
  const records = rows
    .filter((row): row is Row & { offset: bigint } => row.offset !== null)
    .map(({ offset, key, headers, value, timestamp }) => ({ offset, key, headers, value, timestamp }));
  return { records, seeks: first.seeks, next: first.next, skipped: first.skipped };
}

/** False when the partition has another owner by now. */
export async function commitPosition(database: Database, fence: Fence, seeks: bigint, next: bigint): Promise<boolean> {
  const { group, partition, owner, epoch } = fence;
  const { rows } = await database.query<{ committed: boolean }>(COMMIT, [group, partition, owner, epoch, seeks, next]);
  return rows[0]?.committed === true;
}

type Row = {
  seeks: bigint;
  next: bigint;
  skipped: bigint;
  /** Null in the one row of a fetch that finds no records. */
  offset: bigint | null;
  key: string;
  headers: Record<string, string>;
  value: Uint8Array;
  timestamp: Date;
};

/**
 * Reads on from the group's committed position, which is kept nowhere else: a seek needs to be told to nobody, and
 * what a handler did not commit comes again by itself.
 */
export const FETCH = `
  SELECT at.seeks, at.next, at.skipped, r."offset", r.key, r.headers, r.value, r.written_at AS timestamp
    FROM (
      SELECT g.seeks, greatest(g.next_offset, p.start_offset) AS next,
             greatest(p.start_offset - g.next_offset, 0) AS skipped
        FROM broker.group_partition g JOIN broker.partition p ON p.id = g.partition_id
       WHERE g.group_name = $1 AND g.partition_id = $2 AND g.owner = $3 AND g.epoch = $4
    ) AS at
    LEFT JOIN LATERAL (
      SELECT sized.* FROM (
        SELECT listed.*, sum(octet_length(listed.value)) OVER (ORDER BY listed."offset") - octet_length(listed.value) AS before
          FROM (
            SELECT "offset", key, headers, value, written_at FROM broker.record
             WHERE partition_id = $2 AND "offset" >= at.next ORDER BY "offset" LIMIT $5
          ) AS listed
      ) AS sized
      WHERE sized.before < $6::bigint
    ) AS r ON true
   ORDER BY r."offset"`;

const COMMIT = "SELECT broker.commit_position($1, $2, $3, $4, $5, $6) AS committed";
