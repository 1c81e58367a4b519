import type { PhaseName } from "../_system/system.ts";
import type { Problem, RuleContext } from "./rule.ts";

/** What a phase's decision lacks: the decision itself, its record, or the record's file. */
export function* decisionProblems({ system, repository }: RuleContext, name: PhaseName): Iterable<Problem> {
  const { status, decision } = system.phases[name];
  const hint = `Run eda phase ${name}, which asks its questions and writes the record`;
  if (status === "open") {
    yield { at: ["phases", name], part: "key", message: `Nothing is decided for phase ${name}`, hint };
  } else if (decision === undefined) {
    yield { at: ["phases", name], part: "key", message: `Phase ${name} is ${status} without a decision record`, hint };
  } else if (repository && !repository.exists(decision)) {
    const message = `The decision record of phase ${name} is missing: ${decision}`;
    yield { at: ["phases", name, "decision"], message, hint };
  }
}
