import type { PlanEntry } from "./plan.ts";

/**
 * What an entry changes, or would change, as a unified diff; empty for an entry that has nothing to show. A text that
 * takes too long to compare is shown by a sentence instead.
 */
export async function entryDiff(entry: PlanEntry): Promise<string> {
  const content = "content" in entry ? entry.content : entry.action === "delete" ? "" : undefined;
  if (content === undefined) return "";
  const current = "current" in entry ? entry.current : "";
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const from = "current" in entry ? `a/${entry.path}` : "/dev/null";
  const to = entry.action === "delete" ? "/dev/null" : `b/${entry.path}`;
  const patch = createTwoFilesPatch(from, to, current, content, undefined, undefined, {
    context: 3,
    timeout: 1000,
    stripTrailingCr: true,
    headerOptions: FILE_HEADERS_ONLY,
  });
  return patch ?? `${entry.path}: too much has changed to show it line by line\n`;
}
