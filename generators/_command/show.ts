import { entryDiff } from "../_render/diff.ts";
import type { Plan, PlanEntry } from "../_render/plan.ts";
import { countLine, planSummary } from "../_render/summary.ts";
import type { Applied } from "../_render/write.ts";
import type { Output } from "./output.ts";

/** The manifest's change as a plan entry, so that it is shown like any other file's. */
export function manifestEntry(original: string | undefined, text: string): PlanEntry {
  const at = { kind: "shared", path: "eda.yaml" } as const;
  if (original === undefined) return { ...at, action: "create", content: text };
  return original === text
    ? { ...at, action: "unchanged" }
    : { ...at, action: "change", content: text, current: original };
}

/** Everything that a run would do, file by file, with the differences. */
export async function showDryRun(output: Output, manifest: PlanEntry, plan: Plan): Promise<void> {
  const entries = [manifest, ...plan.entries];
  for (const line of planSummary({ ...plan, entries })) output.line(line);
  for (const entry of entries) {
    if (entry.action === "create" && entry.kind === "runtime") continue;
    const diff = await entryDiff(entry);
    if (diff) output.line(`\n${diff.trimEnd()}`);
  }
  output.line("\nDry run: nothing was written.");
}

/** Before the question whether to write: an existing manifest's change in full, other files by name. */
export async function showPlan(output: Output, manifest: PlanEntry, plan: Plan): Promise<void> {
  if (manifest.action === "change") output.line(await entryDiff(manifest));
  for (const line of grouped([manifest, ...plan.entries])) output.line(line);
}

/**
 * What was written: folders where many files came into one, else files.
 * @param isShown Whether somebody has seen and agreed to that list already: then it is counted only.
 */
export function showResult(output: Output, manifest: PlanEntry, plan: Plan, applied: Applied, isShown: boolean): void {
  const isWritten = manifest.action !== "unchanged" || applied.written.length + applied.deleted.length > 0;
  if (!isWritten) output.line(`Nothing to do: ${countLine(plan)}.`);
  else if (isShown) output.line(`Written: ${countLine({ ...plan, entries: [manifest, ...plan.entries] })}.`);
  else for (const line of grouped([manifest, ...plan.entries])) output.line(line);
  for (const path of applied.overwritten) output.line(output.bad(`overwrote the changes made by hand in ${path}`));
  for (const path of outgrown(plan)) {
    output.line(`left to you, since you have edited it: ${path}; \`npm run check\` says what it lacks now`);
  }
  for (const entry of plan.entries) {
    if (entry.action === "kept" && entry.kind === "runtime") {
      output.line(`kept your ${entry.path}; the newer one differs: see \`eda sync --dry-run\``);
    }
    if (entry.action === "edited" && !applied.overwritten.includes(entry.path)) {
      output.line(`left your changes in ${entry.path}, which is derived; \`eda sync --force\` overwrites them`);
    }
    if (entry.action === "orphan") output.line(`no longer part of the system, and left to you: ${entry.path}`);
  }
}

/** Edited stubs of services whose messages have just changed: they may lack a case. */
function outgrown(plan: Plan): readonly string[] {
  const changed = plan.entries
    .filter(({ action, path }) => action === "change" && path.endsWith("/src/generated/messages.ts"))
    .map(({ path }) => path.slice(0, -"src/generated/messages.ts".length));
  return plan.entries
    .filter(
      ({ action, kind, path }) => action === "kept" && kind === "stub" && changed.some((at) => path.startsWith(at)),
    )
    .map(({ path }) => path);
}

const marks = { create: "+", change: "~", delete: "-", conflict: "!" } as const;
const fewest = 4;

/** One line a file; files of one folder that are many become one line. */
function grouped(entries: readonly PlanEntry[]): readonly string[] {
  const lines: string[] = [];
  const folders = new Map<string, string[]>();
  for (const { action, path } of entries) {
    if (!(action in marks)) continue;
    const mark = marks[action as keyof typeof marks];
    const folder = /^((?:packages|services|contracts|docs)\/[^/]+)\//.exec(path)?.[1] ?? "";
    folders.set(`${mark} ${folder}`, [...(folders.get(`${mark} ${folder}`) ?? []), path]);
  }
  for (const [key, paths] of folders) {
    const [mark, folder] = key.split(" ");
    if (folder && paths.length >= fewest) lines.push(`${mark} ${folder}/ (${paths.length} files)`);
    else lines.push(...paths.map((path) => `${mark} ${path}`));
  }
  return lines;
}
