import type { Database } from "../../database/database.ts";
import { sharing } from "../../sharing.ts";
import type { IncomingRecord } from "../broker.ts";

/** What is fetched at once holds at most so many bytes of values, or one record of each partition. */
const MAX_BATCH_BYTES = 8_388_608;

/** Who may read and commit: the owner of a partition, in its epoch. */
export interface Fence {
  readonly group: string;
  readonly partition: number;
  readonly owner: string;
  readonly epoch: bigint;
}

export interface Fetched {
  /** Whether there may be more than these. */
  readonly more: boolean;
  readonly records: readonly Omit<IncomingRecord, "topic" | "partition">[];
  /** Seeks of the group up to this fetch. */
  readonly seeks: bigint;
  /** Where the group stands, moved up to the first record that retention has left. */
  readonly next: bigint;
  /** Records between the group's position and the first one that retention has left. */
  readonly skipped: bigint;
}

/** What the readers of a subscription ask of the database, those that ask at once in one statement. */
export interface Reading {
  /** The records at the group's position, none when there is no more; "lost" when the fence holds no longer. */
  fetch(fence: Fence, limit: number): Promise<Fetched | "lost">;
  /** False when the partition has another owner by now. */
  commit(fence: Fence, seeks: bigint, next: bigint): Promise<boolean>;
}

export function createReading(database: Database): Reading {
  const fetch = sharing((calls: readonly Fetch[]) => fetchTogether(database, calls));
  const commit = sharing((calls: readonly Commit[]) => commitTogether(database, calls));
  return {
    fetch: (fence, limit) => fetch({ fence, limit }),
    commit: (fence, seeks, next) => commit({ fence, seeks, next }),
  };
}

type Fetch = { readonly fence: Fence; readonly limit: number };
type Commit = { readonly fence: Fence; readonly seeks: bigint; readonly next: bigint };

async function fetchTogether(database: Database, calls: readonly Fetch[]): Promise<readonly (Fetched | "lost")[]> {
  const mostBytes = Math.floor(MAX_BATCH_BYTES / calls.length);
  const { rows } = await database.query<Row>(FETCH, [...columns(calls), calls.map(({ limit }) => limit), mostBytes]);
  const found = Map.groupBy(rows, ({ place }) => place);
  return calls.map(({ limit }, at) => {
    const own = found.get(BigInt(at + 1));
    return own === undefined ? "lost" : fetched(own, limit, mostBytes);
  });
}

function fetched(rows: readonly Row[], limit: number, mostBytes: number): Fetched {
  const { seeks, next, skipped } = rows[0]!;
  const records = rows
    .filter((row): row is Row & { offset: bigint } => row.offset !== null)
    .map(({ offset, key, headers, value, timestamp }) => ({ offset, key, headers, value, timestamp }));
  const bytes = records.reduce((sum, { value }) => sum + value.byteLength, 0);
  return { records, seeks, next, skipped, more: records.length >= limit || bytes >= mostBytes };
}

async function commitTogether(database: Database, calls: readonly Commit[]): Promise<readonly boolean[]> {
  const { rows } = await database.query<{ committed: boolean }>(COMMIT, [
    ...columns(calls),
    calls.map(({ seeks }) => seeks),
    calls.map(({ next }) => next),
  ]);
  return rows.map(({ committed }) => committed);
}

function columns(calls: readonly { readonly fence: Fence }[]): readonly unknown[][] {
  const fences = calls.map(({ fence }) => fence);
  return [
    fences.map(({ group }) => group),
    fences.map(({ partition }) => partition),
    fences.map(({ owner }) => owner),
    fences.map(({ epoch }) => epoch),
  ];
}

type Row = {
  /** Which call's, from 1. */
  place: bigint;
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
  SELECT at.place, at.seeks, at.next, at.skipped, r."offset", r.key, r.headers, r.value, r.written_at AS timestamp
    FROM (
      SELECT f.place, f.partition_id, f.most, g.seeks, greatest(g.next_offset, p.start_offset) AS next,
             greatest(p.start_offset - g.next_offset, 0) AS skipped
        FROM unnest($1::text[], $2::int[], $3::uuid[], $4::bigint[], $5::bigint[]) WITH ORDINALITY
          AS f (group_name, partition_id, owner, epoch, most, place)
        JOIN broker.group_partition g ON g.group_name = f.group_name AND g.partition_id = f.partition_id
         AND g.owner = f.owner AND g.epoch = f.epoch
        JOIN broker.partition p ON p.id = f.partition_id
    ) AS at
    LEFT JOIN LATERAL (
      SELECT sized.* FROM (
        SELECT listed.*, sum(octet_length(listed.value)) OVER (ORDER BY listed."offset") - octet_length(listed.value) AS before
          FROM (
            SELECT "offset", key, headers, value, written_at FROM broker.record
             WHERE partition_id = at.partition_id AND "offset" >= at.next ORDER BY "offset" LIMIT at.most
          ) AS listed
      ) AS sized
      WHERE sized.before < $6::bigint
    ) AS r ON true
   ORDER BY at.place, r."offset"`;

/** In the order of the calls: the arrays', as a function is called for each of their rows. */
const COMMIT = `
  SELECT broker.commit_position(c.group_name, c.partition_id, c.owner, c.epoch, c.seeks, c.next) AS committed
    FROM unnest($1::text[], $2::int[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[])
      AS c (group_name, partition_id, owner, epoch, seeks, next)`;
