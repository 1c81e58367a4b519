import { Command as Program } from "commander";
import { openExisting } from "../_command/opened.ts";
import { outputTo } from "../_command/output.ts";
import { openRepository } from "../_render/repository-view.ts";
import { phaseReport } from "../_rules/phases.ts";
import { ruleContext } from "../_rules/registry.ts";
import { type Format, formatOption } from "./format.ts";

interface Flags {
  readonly format: Format;
  readonly strict?: boolean;
}

export function phasesCommand(): Program {
  return new Program("phases")
    .description("Shows the five gates: decided, assumed or open, and what is missing")
    .addOption(formatOption())
    .option("--strict", "fail while a phase is only assumed, too")
    .action(({ format, strict }: Flags) => {
      const output = outputTo(process.stdout);
      const { root, manifest } = openExisting(process.cwd());
      const report = phaseReport(ruleContext(manifest, openRepository(root)));
      if (format === "json") output.line(JSON.stringify({ phases: report }));
      else {
        for (const { number, name, status, missing, next } of report) {
          const word = status === "decided" ? output.good(status) : status === "open" ? output.bad(status) : status;
          output.line(`${number} ${name.padEnd(15)} ${word}`);
          for (const { message, hint } of missing) output.line(`    ${message}\n      ${hint}`);
          if (status === "assumed" && next) output.line(`    warning: defaults decided, nobody has confirmed: ${next}`);
        }
      }
      const fails = report.some(({ status }) => status === "open" || (strict && status === "assumed"));
      if (fails) process.exitCode = 1;
    });
}
