import { Command as Program } from "commander";
import { outputTo } from "../_command/output.ts";
import { explainRule } from "../_rules/explain.ts";
import { ruleById } from "../_rules/registry.ts";
import { UsageError } from "./usage.ts";

export function explainCommand(): Program {
  return new Program("explain")
    .description("Tells what a rule says, why, and how to mend what it finds")
    .argument("<rule>", "such as EDA-M04")
    .action((id: string) => {
      const rule = ruleById(id);
      if ("unknown" in rule) throw new UsageError(`There is no rule ${JSON.stringify(id)}`, { hint: rule.hint });
      outputTo(process.stdout).line(explainRule(rule).trimEnd());
    });
}
