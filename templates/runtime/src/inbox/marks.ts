import type { Transaction } from "../database/database.ts";
import type { Item } from "./item.ts";

/** Where a consumer stood in a partition before this transaction. */
export interface Standing {
  /** Records below it have been decided. */
  readonly previousOffset: bigint;
  /** Marks of older records may have been deleted. */
  readonly forgottenBefore: Date;
}

/** Consecutive items of one partition. */
export interface Part {
  readonly items: readonly Item[];
  /** Offset of the first record that stays undecided while later ones are: the position stops there. */
  readonly floor?: bigint | undefined;
}

/**
 * Moves the consumer's position in some partitions, each once, and holds the rows to the end of the transaction: two
 * members that both believe to own a partition take turns.
 */
export async function movePositions(tx: Transaction, consumer: string, parts: readonly Part[]): Promise<void> {
  await tx.query(MOVE, [consumer, ...movesOf(parts)]);
}

/** Topics, partitions, next offsets: the values of `MOVE`. */
export function movesOf(parts: readonly Part[]): readonly [string[], number[], bigint[]] {
  const lasts = parts.map(({ items }) => items.at(-1)!.record);
  return [
    lasts.map(({ topic }) => topic),
    lasts.map(({ partition }) => partition),
    parts.map(({ floor }, at) => {
      const last = lasts[at]!;
      const next = floor !== undefined && floor <= last.offset ? floor : last.offset + 1n;
      return next;
    }),
  ];
}

// Sorted: two transactions that share partitions meet at the first of them, and not crosswise.
export const MOVE = `INSERT INTO public.inbox_position AS p (consumer, topic, partition, next_offset)
     SELECT $1, m.topic, m.partition, m.next
     FROM unnest($2::text[], $3::integer[], $4::bigint[]) AS m (topic, partition, next)
     ORDER BY m.topic, m.partition
     ON CONFLICT (consumer, topic, partition) DO UPDATE
       SET next_offset = greatest(p.next_offset, EXCLUDED.next_offset), previous_offset = p.next_offset
     RETURNING topic, partition, previous_offset AS previous, forgotten_before AS forgotten`;

/**
 * Marks messages as decided by this consumer; answers those that were not before. The first thing a transaction does
 * with a message: whoever tries the same mark waits here until this transaction ends, and learns what became of it. A
 * SELECT before the INSERT would let both in.
 */
export async function mark(tx: Transaction, consumer: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query<{ id: string }>(
    // Sorted: two transactions that share messages meet at the first of them, and not crosswise.
    `INSERT INTO public.inbox (consumer, message_id)
     SELECT $1, id FROM unnest($2::uuid[]) AS id ORDER BY id
     ON CONFLICT DO NOTHING
     RETURNING message_id AS id`,
    [consumer, ids],
  );
  return new Set(rows.map((row) => row.id));
}

/** Whether this consumer has decided about a message; only a mark's insert is sure to. */
export async function isMarked(tx: Transaction, consumer: string, id: string): Promise<boolean> {
  const { count } = await tx.query("SELECT FROM public.inbox WHERE consumer = $1 AND message_id = $2", [consumer, id]);
  return count > 0;
}

/** Where the consumer stands in a record's partition, without moving. */
export async function standingAt(tx: Transaction, consumer: string, { record }: Item): Promise<Standing | undefined> {
  const { rows } = await tx.query<{ next: bigint; forgotten: Date | number }>(
    `SELECT next_offset AS next, forgotten_before AS forgotten FROM public.inbox_position
     WHERE consumer = $1 AND topic = $2 AND partition = $3`,
    [consumer, record.topic, record.partition],
  );
  const row = rows[0];
  return row === undefined ? undefined : { previousOffset: row.next, forgottenBefore: new Date(row.forgotten) };
}

/** Whether a record comes again from before the inbox's horizon: nobody can tell whether it was handled. */
export function isForgotten({ record }: Item, standing: Standing): boolean {
  return record.offset < standing.previousOffset && record.timestamp < standing.forgottenBefore;
}

/** Marks a replayed letter's message, which may have its mark already, as decided now. */
export async function refreshMark(tx: Transaction, consumer: string, id: string): Promise<void> {
  await tx.query(
    `INSERT INTO public.inbox AS i (consumer, message_id) VALUES ($1, $2)
     ON CONFLICT (consumer, message_id) DO UPDATE SET decided_at = EXCLUDED.decided_at`,
    [consumer, id],
  );
}
