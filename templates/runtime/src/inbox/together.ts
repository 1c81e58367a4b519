import { sharing } from "../sharing.ts";
import { type Attempt, decideOnce, type Failed } from "./attempt.ts";
import type { ConsumerOptions } from "./consumer-options.ts";
import type { Part } from "./marks.ts";
import { report } from "./report.ts";
import type { Work } from "./work.ts";

/** Messages in one transaction at most, unless one partition alone has handed over more. */
const AT_ONCE = 500;
/** Partitions wait no longer for those that came before: an author's handler may take its time. */
const BESIDE_MS = 25;

/**
 * Tries what several partitions have handed over in one transaction, for a consumer that handles sets: what comes
 * while a transaction is under way shares the next. When that fails, whatever the reason, nothing has happened, and each
 * partition's items are tried by themselves.
 */
export function togetherWithOthers(options: ConsumerOptions, work: Work, attempt: Attempt): Attempt {
  const { name, database, keepsOrder = true } = options;
  // Locks on keys are taken for one partition at a time.
  if (!work.together || keepsOrder) return attempt;

  const share = sharing(inOneTransaction, {
    besideMs: BESIDE_MS,
    joins: (parts, next) =>
      parts.reduce((sum, { items }) => sum + items.length, next.items.length) <= AT_ONCE &&
      !parts.some((part) => placeOf(part) === placeOf(next)),
  });
  return async (items, floor) => {
    const outcome = await share({ items, floor });
    return outcome === "apart" ? attempt(items, floor) : outcome;
  };

  async function inOneTransaction(parts: readonly Part[]): Promise<readonly (Failed | "apart" | undefined)[]> {
    const [only] = parts;
    if (parts.length === 1) return [await attempt(only!.items, only!.floor)];
    try {
      const deciding = { consumer: name, work, keepsOrder, progress: { at: "preparing" as const } };
      const decided = await decideOnce(database, parts, deciding);
      report(options, decided);
      return parts.map(() => undefined);
    } catch {
      // Each says what it is, or that the database is away, when it is tried by itself.
      return parts.map(() => "apart" as const);
    }
  }
}

function placeOf({ items }: Part): string {
  const { topic, partition } = items[0]!.record;
  return `${topic}[${partition}]`;
}
