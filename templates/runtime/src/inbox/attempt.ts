import type { Database } from "../database/database.ts";
import { isUnavailable, mayBeRetried } from "../database/errors.ts";
import { BeginAnewError, type ConsumerOptions, NotYetError } from "./consumer-options.ts";
import { type Decided, type Deciding, decide, type Progress } from "./decide.ts";
import type { Item } from "./item.ts";
import type { Part } from "./marks.ts";
import { report } from "./report.ts";
import type { Work } from "./work.ts";

/** A handler failed: which item, as far as that is known, and why. */
export interface Failed {
  /** Absent when any of several may be to blame, or only that they came together. */
  readonly item?: number;
  readonly error: unknown;
}

/** Tries items in one transaction. `floor`: offset of the first item that stays undecided meanwhile. */
export type Attempt = (items: readonly Item[], floor: bigint | undefined) => Promise<Failed | undefined>;

/**
 * One try of several items in one transaction. Throws what is no message's fault: a database that is away, a row that
 * another member holds.
 */
export function attempter(options: ConsumerOptions, work: Work): Attempt {
  const { name, database, observer, keepsOrder = true } = options;

  return async (items, floor) => {
    const progress: Progress = { at: "preparing" };
    const isBatch = items.length > 1;
    try {
      const deciding = { consumer: name, work, keepsOrder, progress };
      const decided = isBatch
        ? await decideOnce(database, [{ items, floor }], deciding)
        : await database.transaction((tx) => decide(tx, [{ items, floor }], deciding));
      report(options, decided);
      return undefined;
    } catch (error) {
      if (isBatch && mayBeRetried(error)) return { error };
      if (isUnavailable(error) || progress.at === "preparing") throw error;
      if (progress.at === "committing" || !("item" in progress.at))
        return items.length === 1 ? { item: 0, error } : { error };
      const { item, since } = progress.at;
      const { message } = items[item]!;
      if (message !== undefined && !(error instanceof NotYetError))
        observer?.failed?.(message, error, (performance.now() - since) / 1000);
      return { item, error };
    }
  };
}

/**
 * Several items in one transaction, which is not tried again when it collides with another: a batch holds many locks at
 * once, in the order of its messages, and may collide again. One by one each holds its own alone.
 */
export async function decideOnce(database: Database, parts: readonly Part[], deciding: Deciding): Promise<Decided> {
  const once = () => database.transaction((tx) => decide(tx, parts, deciding), { attempts: 1 });
  try {
    return await once();
  } catch (error) {
    if (error instanceof BeginAnewError) return once();
    throw error;
  }
}
