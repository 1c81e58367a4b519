import { equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { explainRule } from "../../../generators/_rules/explain.ts";
import { rules } from "../../../generators/_rules/registry.ts";
import { regenerateCommand, rulesMarkdown } from "../../../generators/_rules/rules-markdown.ts";

describe("what eda explain prints", () => {
  for (const rule of rules) {
    it(`${rule.id}: its id, severity, reason, an example and its repair, on a screen`, () => {
      const text = explainRule(rule);
      ok(text.startsWith(`${rule.id} (${rule.runs === "phase" ? "in eda phases and at a gate" : rule.severity})\n`));
      for (const heading of ["\nWhy\n", "\nAn example that fails, and its repair\n"]) ok(text.includes(heading));
      ok(/^ {2}[-+] /m.test(text), "what the repair changes");
      for (const line of text.split("\n")) ok(line.length <= 120, line);
      // Red with whole manifests, sagas and published definitions: 185 lines of EDA-S08, 160 of EDA-S15.
      ok(text.split("\n").length <= 60, `${text.split("\n").length} lines`);
    });
  }
});

describe("docs/rules.md", () => {
  it(`says what the rules say (to write it again: ${regenerateCommand})`, () => {
    const file = readFileSync(new URL("../../../docs/rules.md", import.meta.url), "utf8");
    equal(file, rulesMarkdown(rules));
  });
});
