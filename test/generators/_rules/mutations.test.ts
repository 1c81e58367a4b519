import { deepEqual } from "node:assert/strict";
import { stringify } from "yaml";
import { checkRules } from "../../../generators/_rules/registry.ts";
import { contextOf } from "./checking.ts";
import { mutations, type PlainManifest, ring } from "./mutations.ts";

function rulesThatSpeak(manifest: PlainManifest): string[] {
  const findings = checkRules(
    contextOf({ manifest: stringify(manifest, { aliasDuplicateObjects: false }) }),
    "validate",
  );
  return [...new Set(findings.map((finding) => finding.rule))];
}

describe("a sound system that is broken in one place", () => {
  it("is sound to begin with", () => deepEqual(rulesThatSpeak(ring()), []));

  const all = mutations();
  const missed = all.flatMap(({ rule, what, apply }) => {
    const manifest = ring();
    apply(manifest);
    const spoke = rulesThatSpeak(manifest);
    return spoke.length === 1 && spoke[0] === rule ? [] : [{ what, expected: rule, spoke }];
  });
  const counts = Object.entries(Object.groupBy(all, (mutation) => mutation.rule));
  const byRule = counts.map(([rule, of]) => `${of?.length} ${rule}`).join(", ");

  it(`is caught by exactly the rule meant for it, ${all.length - missed.length} times of ${all.length} (${byRule})`, () => {
    deepEqual(missed, []);
  });
});
