import { Command as Program } from "commander";
import { commitRun, planOf, prepare } from "../_command/commit.ts";
import { dryRunOf } from "../_command/door.ts";
import { type Opened, openExisting } from "../_command/opened.ts";
import { outputTo } from "../_command/output.ts";
import { errorsOf } from "../_command/refusal.ts";
import type { PlanEntry } from "../_render/plan.ts";
import { planSummary, staleFiles } from "../_render/summary.ts";
import { type Format, formatOption } from "./format.ts";

interface Flags {
  readonly check?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly diff?: boolean;
  readonly format: Format;
}

export function syncCommand(): Program {
  return new Program("sync")
    .description("Renders everything that follows from the manifest again")
    .option("--check", "write nothing; fail when something is stale")
    .option("--force", "overwrite derived files that were changed by hand")
    .option("--dry-run", "print what would change, write nothing")
    .option("--diff", "as --dry-run, with what is in new files")
    .addOption(formatOption())
    .action(async (flags: Flags) => {
      const opened = openExisting(process.cwd());
      if (flags.check) process.exitCode = tellStale(opened, flags.format) ? 1 : 0;
      else if (dryRunOf(flags) && flags.format === "json") tellStale(opened, flags.format);
      else await sync(opened, flags);
    });
}

async function sync(opened: Opened, flags: Flags): Promise<void> {
  const { force, format } = flags;
  const isJson = format === "json";
  const output = outputTo(process.stdout, isJson ? () => undefined : undefined);
  const door = {
    cwd: process.cwd(),
    output,
    defaults: true,
    force: force === true,
    dryRun: dryRunOf(flags),
  };
  const committed = await commitRun(door, opened, [], [], { readAll: true });
  // What follows from a mistake is rendered like all else, and is as wrong as the manifest is.
  const findings = errorsOf(opened);
  if (isJson) printJson({ ...committed?.applied, findings });
  else if (findings.length > 0) {
    const errors = findings.length === 1 ? "an error" : `${findings.length} errors`;
    output.line(output.bad(`eda.yaml has ${errors}: see \`eda validate\`.`));
  }
}

/** Prints what is not as the manifest has it, and gives whether there is any. Writes nothing. */
function tellStale(opened: Opened, format: Format): boolean {
  const plan = planOf(prepare(opened), true);
  const stale = new Set(staleFiles(plan));
  const entries = plan.entries.filter(({ path }) => stale.has(path));
  if (format === "json") printJson({ stale: entries.map(({ path, action }) => ({ path, action })) });
  else {
    const output = outputTo(process.stdout);
    for (const line of planSummary({ ...plan, entries })) output.line(line);
    output.line(verdict(entries));
  }
  return entries.length > 0;
}

function printJson(value: object): void {
  outputTo(process.stdout).line(JSON.stringify(value));
}

function verdict(stale: readonly PlanEntry[]): string {
  if (stale.length === 0) return "Everything derived is in step with eda.yaml.";
  return stale.some(({ action }) => action === "conflict" || action === "edited")
    ? "Changed by hand: make the change in eda.yaml instead, then run `eda sync --force`, which overwrites it."
    : "Stale: run `eda sync`.";
}
