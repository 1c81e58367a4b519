import { entryDiff } from "../_render/diff.ts";
import type { Plan } from "../_render/plan.ts";
import { EdaError } from "../_system/errors.ts";
import type { Asker } from "./ask.ts";
import type { Output } from "./output.ts";

/** What to do with derived files that a person changed and that would be written now. */
export interface Settled {
  readonly overwrite: ReadonlySet<string>;
  readonly keep: ReadonlySet<string>;
}

/**
 * Asks about each, with its diff; about files that were changed while what is rendered was not, too. Where there is
 * nobody to ask, throws an `EdaError` that names those that would be overwritten.
 */
export async function settleConflicts(
  plan: Plan,
  force: boolean,
  asker: Asker | undefined,
  output: Output,
): Promise<Settled> {
  const conflicts = plan.entries.filter(({ action }) => action === "conflict" || action === "edited");
  const overwrite = new Set<string>();
  const keep = new Set<string>();
  if (!force && !asker) {
    refuseUnsettled(plan, { overwrite, keep });
    return { overwrite, keep };
  }
  for (const entry of conflicts) {
    if (force) {
      overwrite.add(entry.path);
      continue;
    }
    output.line(await entryDiff(entry));
    const agreed = await asker!.confirm(`${entry.path} is derived, and was changed by hand. Overwrite it?`, false);
    (agreed ? overwrite : keep).add(entry.path);
  }
  return { overwrite, keep };
}

/** Throws where a plan has a conflict that nobody has settled. */
export function refuseUnsettled(plan: Plan, { overwrite, keep }: Settled): void {
  const open = plan.entries.filter(
    ({ action, path }) => action === "conflict" && !overwrite.has(path) && !keep.has(path),
  );
  if (open.length === 0) return;
  const paths = open.map(({ path }) => path);
  const shown = paths.length > 5 ? `${paths.slice(0, 5).join(", ")} and ${paths.length - 5} more` : paths.join(", ");
  throw new EdaError(`Nothing was written: derived files were changed by hand, and would be overwritten: ${shown}`, {
    hint: "See the difference with --dry-run; move your change to where it belongs, or overwrite it with --force",
  });
}
