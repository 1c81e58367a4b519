import { deepEqual, equal, ok } from "node:assert/strict";
import { rules } from "../../../generators/_rules/registry.ts";
import type { Example, Rule } from "../../../generators/_rules/rule.ts";
import { findingsOf } from "./checking.ts";

describe("the examples of every rule", () => {
  for (const rule of rules) {
    describe(`${rule.id}: ${rule.title}`, () => {
      ok(rule.examples.length > 0);
      for (const [index, { fails, repair }] of rule.examples.entries()) {
        it(`example ${index + 1} fails by this rule, and by no other error`, () => {
          ok(spoken(rule, fails) > 0);
          if (rule.runs === "validate") deepEqual(otherErrors(rule, fails), []);
        });

        it(`the repair of example ${index + 1} silences it`, () => {
          equal(spoken(rule, repair), 0);
          deepEqual(otherErrors(rule, repair), []);
        });
      }
    });
  }
});

function spoken(rule: Rule, example: Example): number {
  return findingsOf(example, rule.runs).filter((finding) => finding.rule === rule.id).length;
}

/** Errors of `eda validate` but for the rule's own: a phase that an example leaves open is no error there. */
function otherErrors(rule: Rule, example: Example) {
  return findingsOf(example).filter((finding) => finding.severity === "error" && finding.rule !== rule.id);
}
