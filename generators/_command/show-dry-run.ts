import { entryDiff } from "../_render/diff.ts";
import type { Plan, PlanEntry } from "../_render/plan.ts";
import { countLine, wordOf } from "../_render/summary.ts";
import type { Output } from "./output.ts";

const runtime = "packages/runtime/";

/**
 * Everything that a run would do: each file with its size, the emitted runtime as one, then what changes in files that
 * are there, and what people write.
 * @param isFull Show what is in new files, too, but for the runtime.
 */
export async function showDryRun(
  output: Output,
  sources: readonly PlanEntry[],
  plan: Plan,
  isFull: boolean,
): Promise<void> {
  const entries = [...sources, ...plan.entries];
  for (const line of listed(entries)) output.line(line);
  output.line(`${countLine({ ...plan, entries })}.`);
  let isLeftOut = false;
  for (const entry of entries) {
    const isNew = entry.action === "create" && !sources.includes(entry);
    if (isNew) isLeftOut = true;
    if (isNew && (!isFull || isBulk(entry))) continue;
    const diff = await entryDiff(entry);
    if (diff) output.line(`\n${diff.trimEnd()}`);
  }
  const more = isLeftOut && !isFull ? " --diff shows what is in the new files." : "";
  output.line(`\nDry run: nothing was written.${more}`);
}

/** What nobody reads as a difference. */
function isBulk({ kind, path }: PlanEntry): boolean {
  return kind === "runtime" || /^\.eda\/.*\.schema\.json$/.test(path);
}

function listed(entries: readonly PlanEntry[]): readonly string[] {
  const isEmitted = ({ action, kind, path }: PlanEntry) =>
    action === "create" && kind === "runtime" && path.startsWith(runtime);
  const emitted = entries.filter(isEmitted);
  const rows = entries
    .filter((entry) => !isEmitted(entry))
    .flatMap((entry) => {
      const word = wordOf(entry);
      return word === undefined ? [] : [{ word, what: entry.path, size: sizeOf(entry) }];
    });
  if (emitted.length > 0) {
    const bytes = emitted.reduce((sum, entry) => sum + bytesOf(entry), 0);
    rows.push({ word: "create", what: `${runtime} (${emitted.length} files)`, size: inWords(bytes) });
  }
  const width = Math.max(0, ...rows.map(({ what }) => what.length));
  return rows.map(({ word, what, size }) => `${word.padEnd(8)}  ${what.padEnd(width)}  ${size}`.trimEnd());
}

function sizeOf(entry: PlanEntry): string {
  return "content" in entry ? inWords(bytesOf(entry)) : "";
}

function bytesOf(entry: PlanEntry): number {
  return "content" in entry ? Buffer.byteLength(entry.content) : 0;
}

/** `812 B`, `1.2 kB`. */
function inWords(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`;
}
