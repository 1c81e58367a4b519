import { Command as Program } from "commander";
import { commitRun, planOf, prepare } from "../_command/commit.ts";
import { openExisting } from "../_command/opened.ts";
import { outputTo } from "../_command/output.ts";
import { errorsOf } from "../_command/refusal.ts";
import type { PlanEntry } from "../_render/plan.ts";
import { planSummary, staleFiles } from "../_render/summary.ts";

interface Flags {
  readonly check?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export function syncCommand(): Program {
  return new Program("sync")
    .description("Renders everything that follows from the manifest again")
    .option("--check", "write nothing; fail when something is stale")
    .option("--force", "overwrite derived files that were changed by hand")
    .option("--dry-run", "print what would change, write nothing")
    .action(async ({ check, force, dryRun }: Flags) => {
      const output = outputTo(process.stdout);
      const opened = openExisting(process.cwd());
      if (check) {
        const plan = planOf(prepare(opened), true);
        const stale = staleFiles(plan);
        const entries = plan.entries.filter(({ path }) => stale.includes(path));
        for (const line of planSummary({ ...plan, entries })) output.line(line);
        output.line(verdict(entries));
        if (stale.length > 0) process.exitCode = 1;
        return;
      }
      const door = { cwd: process.cwd(), output, defaults: true, force: force === true, dryRun: dryRun === true };
      await commitRun(door, opened, [], [], { readAll: true });
      // What follows from a mistake is rendered like all else, and is as wrong as the manifest is.
      const errors = errorsOf(opened.manifest, opened.root).length;
      if (errors > 0) {
        output.line(
          output.bad(`eda.yaml has ${errors === 1 ? "an error" : `${errors} errors`}: see \`eda validate\`.`),
        );
      }
    });
}

function verdict(stale: readonly PlanEntry[]): string {
  if (stale.length === 0) return "Everything derived is in step with eda.yaml.";
  return stale.some(({ action }) => action === "conflict" || action === "edited")
    ? "Changed by hand: make the change in eda.yaml instead, then run `eda sync --force`, which overwrites it."
    : "Stale: run `eda sync`.";
}
