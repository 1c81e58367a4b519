import type { Database } from "../database/database.ts";
import { outboxQuery } from "./queries.ts";

const NOTE_POSITION = outboxQuery("note-position");
const WRITERS = outboxQuery("writers");

/**
 * Finds the position up to which nothing can appear any more: each lower one is committed, or its transaction has
 * ended without it.
 *
 * A sequence alone does not tell: positions are drawn before they are committed. So the last position is read first,
 * then who is writing; once all of those have ended, the position is settled. Call it again and again; the answer
 * never falls. It only spares work: a claim sees everything above the floor.
 */
export function createSettledPosition(database: Pick<Database, "query">, relay: string): () => Promise<bigint> {
  let settled = 0n;
  let candidate: { readonly position: bigint; readonly writers: ReadonlySet<string> } | undefined;

  async function writers(): Promise<Set<string>> {
    return new Set((await database.query<{ writer: string }>(WRITERS)).rows.map((row) => row.writer));
  }

  return async () => {
    if (candidate === undefined) {
      // In this order: whoever draws a lower position has taken its lock before, and is among the writers seen next.
      const { rows } = await database.query<{ position: bigint }>(NOTE_POSITION, [relay]);
      candidate = { position: rows[0]?.position ?? 0n, writers: await writers() };
      if (candidate.writers.size > 0) return settled;
    } else {
      const now = await writers();
      // PREPARE TRANSACTION hands the lock to a name of its own, which says nothing of when it began.
      const { writers: earlier } = candidate;
      if ([...now].some((writer) => earlier.has(writer) || isPrepared(writer))) return settled;
    }
    settled = candidate.position;
    candidate = undefined;
    return settled;
  };
}

function isPrepared(writer: string): boolean {
  return writer.startsWith("-1/");
}
