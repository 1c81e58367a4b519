import { entryDiff } from "../_render/diff.ts";
import type { Plan, PlanEntry } from "../_render/plan.ts";
import { countLine } from "../_render/summary.ts";
import type { Applied } from "../_render/write.ts";
import { folderOf, gathered } from "./gathered.ts";
import type { Output } from "./output.ts";
import { showOrphans } from "./show-orphans.ts";

/** The change of the manifest, or of a saga's file, as a plan entry, so that it is shown like any other file's. */
export function sourceEntry(path: string, original: string | undefined, text: string): PlanEntry {
  const at = { kind: "shared", path } as const;
  if (original === undefined) return { ...at, action: "create", content: text };
  return original === text
    ? { ...at, action: "unchanged" }
    : { ...at, action: "change", content: text, current: original };
}

/** Before the question whether to write: the change of an existing manifest or saga in full, other files by name. */
export async function showPlan(output: Output, sources: readonly PlanEntry[], plan: Plan): Promise<void> {
  for (const entry of sources) if (entry.action === "change") output.line(await entryDiff(entry));
  for (const line of grouped([...sources, ...plan.entries])) output.line(line);
}

/**
 * What was written: folders where many files came into one, else files.
 * @param isShown Whether somebody has seen and agreed to that list already: then it is counted only.
 * @param isPartial Whether a saga that cannot be read is left out: what follows from it is then missing for now.
 */
export function showResult(
  output: Output,
  sources: readonly PlanEntry[],
  plan: Plan,
  applied: Applied,
  isShown: boolean,
  isPartial = false,
): void {
  const isChanged = sources.some(({ action }) => action !== "unchanged");
  const entries = [...sources, ...plan.entries];
  if (!isChanged && applied.written.length + applied.deleted.length === 0) {
    output.line(`Nothing to do: ${countLine(plan)}.`);
  } else if (isShown) output.line(`Written: ${countLine({ ...plan, entries })}.`);
  else for (const line of grouped(entries)) output.line(line);
  for (const path of applied.overwritten) output.line(output.bad(`overwrote the changes made by hand in ${path}`));
  const own = outgrown(plan);
  if (own.length > 0) {
    output.line("Messages have changed, and these are yours: `npm run check` says whether they lack something now.");
    for (const path of own) output.line(`  ${path}`);
  }
  for (const entry of plan.entries) {
    if (entry.action === "kept" && entry.kind === "runtime") {
      output.line(`kept your ${entry.path}; \`eda sync --dry-run\` shows how the generator's differs`);
    }
    if (entry.action === "edited" && !applied.overwritten.includes(entry.path)) {
      output.line(`left your changes in ${entry.path}, which is derived; \`eda sync --force\` overwrites them`);
    }
  }
  showOrphans(output, plan, { isNews: isChanged || applied.written.length > 0, isPartial });
}

/** Edited stubs of services whose messages have just changed: they may lack a case. */
function outgrown(plan: Plan): readonly string[] {
  const changed = plan.entries
    .filter(({ action, path }) => action === "change" && path.endsWith("/src/generated/messages.ts"))
    .map(({ path }) => path.slice(0, -"src/generated/messages.ts".length));
  return plan.entries.flatMap((entry) => {
    if (entry.action !== "kept" || entry.kind !== "stub" || entry.current === undefined) return [];
    const of = changed.find((at) => entry.path.startsWith(at));
    return of !== undefined && !indifferent.includes(entry.path.slice(of.length)) ? [entry.path] : [];
  });
}

/** Stubs that no message is named in. */
const indifferent = ["src/main.ts", "test/service.test.ts"];

const marks = { create: "+", change: "~", delete: "-", conflict: "!" } as const;

/** One line a file; files of one folder that are many become one line. */
function grouped(entries: readonly PlanEntry[]): readonly string[] {
  const paths = new Map<string, string[]>();
  for (const { action, path } of entries) {
    if (!(action in marks)) continue;
    const mark = marks[action as keyof typeof marks];
    const folder = folderOf(path);
    paths.set(`${mark} ${folder}`, [...(paths.get(`${mark} ${folder}`) ?? []), path]);
  }
  return [...paths].flatMap(([key, those]) => gathered(those).map((line) => `${key[0]} ${line}`));
}
