import { Command as Program } from "commander";
import { outputTo } from "../_command/output.ts";
import { ruleById } from "../_rules/registry.ts";
import { type Format, formatOption } from "./format.ts";
import { UsageError } from "./usage.ts";

export function explainCommand(): Program {
  return new Program("explain")
    .description("Tells what a rule says, why, and how to mend what it finds")
    .argument("<rule>", "such as EDA-M04")
    .addOption(formatOption())
    .action(async (id: string, { format }: { readonly format: Format }) => {
      const rule = ruleById(id);
      if ("unknown" in rule) throw new UsageError(`There is no rule ${JSON.stringify(id)}`, { hint: rule.hint });
      const output = outputTo(process.stdout);
      if (format === "json") {
        const { check: _, ...explained } = rule;
        output.line(JSON.stringify(explained));
        return;
      }
      // It alone compares texts line by line; what that takes to load is not to slow every other command.
      const { explainRule } = await import("../_rules/explain.ts");
      output.line(explainRule(rule).trimEnd());
    });
}
