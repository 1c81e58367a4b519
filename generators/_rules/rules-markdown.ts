import { exampleDiff } from "./example-diff.ts";
import { shownAs } from "./explain.ts";
import type { Rule } from "./rule.ts";

/** The command that writes `docs/rules.md` again. */
export const regenerateCommand = "node generators/_rules/write-rules-markdown.ts";

/** `docs/rules.md`: every rule with its reason, an example that fails and its repair. */
export function rulesMarkdown(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => `| [${rule.id}](#${rule.id.toLowerCase()}) | ${shownAs(rule)} | ${rule.title} |`);
  return [
    "# Rules over the whole system",
    "",
    `<!-- Made from generators/_rules; to write it again: ${regenerateCommand} -->`,
    "",
    "`eda validate` checks a manifest and its sagas against these rules; `eda explain ID` shows one of them. An id never",
    "changes its meaning. Errors make `eda validate` fail, warnings do so with `--strict`. The rules named P keep one of",
    "the five phases open; they are shown by `eda phases` and never by `eda validate`. The rules named S judge sagas; those",
    `but ${needing(rules)} need no manifest.`,
    "",
    "| id | shown as | says |",
    "|---|---|---|",
    ...rows,
    ...rules.flatMap(section),
    "",
  ].join("\n");
}

function needing(rules: readonly Rule[]): string {
  return rules
    .flatMap(({ id, alone }) => (id.startsWith("EDA-S") && alone === undefined ? [id.slice(4)] : []))
    .join(", ");
}

function section(rule: Rule): string[] {
  return [
    "",
    `## ${rule.id}`,
    "",
    `**${rule.title}** (${shownAs(rule)})`,
    "",
    rule.explanation,
    ...rule.examples.flatMap((example) => [
      "",
      "An example that fails, and its repair:",
      "",
      "```diff",
      exampleDiff(example),
      "```",
    ]),
  ];
}
