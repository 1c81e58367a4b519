import { diffLines } from "diff";
import type { Example, Rule } from "./rule.ts";

const width = 96;

/** A rule for a terminal: what it says, why, and each example that fails with the lines that repair it. */
export function explainRule(rule: Rule): string {
  const examples = rule.examples.flatMap(({ fails, repair }) => [
    "",
    "An example that fails",
    indented(exampleText(fails)),
    "",
    "Its repair",
    indented(repairText(fails, repair)),
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

/** The manifest of an example, then the files beside it and the derived files that were edited. */
export function exampleText({ manifest = "", files = {}, edited = [] }: Example): string {
  const beside = Object.entries(files).map(([path, content]) => `\n# ${path}\n${content}`);
  const touched = edited.map((path) => `\n# ${path}: a derived file, changed by hand\n`);
  return [manifest, ...beside, ...touched].join("").trim();
}

/** The lines that a repair takes away and adds, each with an unchanged line before it. */
export function repairText(fails: Example, repair: Example): string {
  const lines: string[] = [];
  let before: string | undefined;
  for (const part of diffLines(`${exampleText(fails)}\n`, `${exampleText(repair)}\n`)) {
    const text = part.value.replace(/\n$/, "").split("\n");
    if (!part.added && !part.removed) {
      before = text.findLast((line) => line !== "");
      continue;
    }
    if (before !== undefined) lines.push(`  ${before}`);
    before = undefined;
    lines.push(...text.filter((line) => line !== "").map((line) => `${part.added ? "+" : "-"} ${line}`));
  }
  return lines.join("\n");
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
