import type { Transaction } from "../database/database.ts";
import { MOVE, movesOf, type Part, type Standing } from "./marks.ts";

/**
 * What a transaction begins with, in one statement: it moves the positions, then marks every message, as `movePositions`
 * and `mark` do.
 *
 * Whoever tries the same mark waits here until this transaction ends, and learns what became of it: a SELECT before the
 * INSERT would let both in. The marks come after the positions in every transaction, and sorted, so that two of them
 * never wait for each other.
 */
export async function enter(tx: Transaction, consumer: string, parts: readonly Part[]): Promise<Entered> {
  const [topics, partitions, nexts] = movesOf(parts);
  const ids = parts.flatMap(({ items }) => items.flatMap(({ message }) => (message === undefined ? [] : [message.id])));
  const { rows } = await tx.query<Row>(ENTER, [consumer, topics, partitions, nexts, ids]);
  const moved = rows.filter((row): row is Row & { topic: string } => row.topic !== null);
  return {
    standings: topics.map((topic, at) => {
      const row = moved.find((one) => one.topic === topic && one.partition === partitions[at])!;
      return { previousOffset: row.previous, forgottenBefore: new Date(row.forgotten) };
    }),
    unseen: new Set(rows.flatMap(({ id }) => (id === null ? [] : [id]))),
  };
}

export interface Entered {
  /** Where the consumer stood in each part's partition. */
  readonly standings: readonly Standing[];
  /** Ids of messages that had no mark. One from before the horizon may be among them: its mark may have been deleted. */
  readonly unseen: Set<string>;
}

type Row = {
  readonly topic: string | null;
  readonly partition: number;
  readonly previous: bigint;
  readonly forgotten: Date | number;
  readonly id: string | null;
};

const ENTER = `
  WITH moved AS (
    ${MOVE}
  ), marked AS (
    INSERT INTO public.inbox (consumer, message_id)
    SELECT $1, m.id FROM unnest($5::uuid[]) AS m (id), (SELECT count(*) FROM moved) AS after_all_positions ORDER BY m.id
    ON CONFLICT DO NOTHING
    RETURNING message_id
  )
  SELECT topic, partition, previous, forgotten, NULL::uuid AS id FROM moved
  UNION ALL
  SELECT NULL, NULL, NULL, NULL, message_id FROM marked`;
