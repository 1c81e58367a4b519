import { equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { explainRule, repairText } from "../../../generators/_rules/explain.ts";
import { rules } from "../../../generators/_rules/registry.ts";
import { regenerateCommand, rulesMarkdown } from "../../../generators/_rules/rules-markdown.ts";

describe("what eda explain prints", () => {
  for (const rule of rules) {
    it(`${rule.id}: its id, severity, reason, an example and its repair, in lines that fit a terminal`, () => {
      const text = explainRule(rule);
      ok(text.startsWith(`${rule.id} (${rule.runs === "phase" ? "in eda phases and at a gate" : rule.severity})\n`));
      for (const heading of ["\nWhy\n", "\nAn example that fails\n", "\nIts repair\n"]) ok(text.includes(heading));
      for (const line of text.split("\n")) ok(line.length <= 120, line);
    });
  }

  it("shows a repair as the lines that go and come, each change below the line before it", () => {
    const fails = { manifest: "a: 1\nb: 2\nc: 3\nd: 4\n" };
    equal(repairText(fails, { manifest: "a: 1\nb: 5\nc: 3\nd: 4\ne: 6\n" }), "  a: 1\n- b: 2\n+ b: 5\n  d: 4\n+ e: 6");
  });
});

describe("docs/rules.md", () => {
  it(`says what the rules say (to write it again: ${regenerateCommand})`, () => {
    const file = readFileSync(new URL("../../../docs/rules.md", import.meta.url), "utf8");
    equal(file, rulesMarkdown(rules));
  });
});
