import type { Plan, PlanEntry } from "./plan.ts";

const width = "conflict".length;

/** A plan in lines: each file that is not simply as it should be, then the counts. No lines where nothing is to say. */
export function planSummary(plan: Plan): readonly string[] {
  const lines = plan.entries.flatMap((entry) => {
    const word = wordOf(entry);
    return word === undefined ? [] : [`${word.padEnd(width)}  ${entry.path}`];
  });
  return lines.length === 0 ? [] : [...lines, countLine(plan)];
}

/** `3 create, 1 change, 118 unchanged`. */
export function countLine(plan: Plan): string {
  const counts = new Map<string, number>();
  for (const entry of plan.entries) {
    const word = wordOf(entry) ?? "unchanged";
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const words = ["create", "change", "delete", "conflict", "edited", "kept", "orphan", "unchanged"];
  return words.flatMap((word) => (counts.has(word) ? [`${counts.get(word)} ${word}`] : [])).join(", ");
}

/**
 * Paths that are not as the manifest has them: what `sync --check` fails on. A person's runtime, started files, stubs
 * and orphans are no such thing. Of a plan that has read all, hand-edited derived files are among them.
 */
export function staleFiles(plan: Plan): readonly string[] {
  return plan.entries.flatMap(({ action, path }) => (stale.has(action) ? [path] : []));
}

const stale: ReadonlySet<PlanEntry["action"]> = new Set(["create", "change", "delete", "conflict", "edited"]);

/** What is said of an entry; undefined where it is simply as it should be. */
export function wordOf(entry: PlanEntry): string | undefined {
  if (entry.action === "unchanged" || (entry.action === "kept" && entry.kind === "started")) return undefined;
  return entry.action;
}
