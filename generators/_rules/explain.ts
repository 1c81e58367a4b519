import { exampleDiff } from "./example-diff.ts";
import type { Rule } from "./rule.ts";

const width = 96;

/** A rule for a terminal: what it says, why, and each example that fails with what repairs it. */
export function explainRule(rule: Rule): string {
  const examples = rule.examples.flatMap((example) => [
    "",
    "An example that fails, and its repair",
    indented(exampleDiff(example)),
  ]);
  return [
    `${rule.id} (${shownAs(rule)})`,
    ...wrapped(`${rule.title.charAt(0).toUpperCase()}${rule.title.slice(1)}.`),
    "",
    "Why",
    ...wrapped(rule.explanation).map((line) => `  ${line}`),
    ...examples,
    "",
  ].join("\n");
}

/** `error`, `warning`, or where a phase's rule is shown. */
export function shownAs(rule: Rule): string {
  return rule.runs === "phase" ? "in eda phases and at a gate" : rule.severity;
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
