import { type Phase, type PhaseName, phaseNames, type System } from "../_system/system.ts";
import { findingOf, inReadingOrder } from "./finding.ts";
import { requirementsOpen } from "./p01-requirements-open.ts";
import { streamOpen } from "./p02-stream-open.ts";
import { cqrsSagasOpen } from "./p04-cqrs-sagas-open.ts";
import { consistencyOpen } from "./p05-consistency-open.ts";
import { decisionProblems } from "./phase-decision.ts";
import type { Finding, Rule, RuleContext } from "./rule.ts";

/** Where a phase stands. */
export interface PhaseReport {
  /** 1 to 5. */
  readonly number: number;
  readonly name: PhaseName;
  /** `open` where anything is missing, whatever the manifest says. */
  readonly status: Phase["status"];
  readonly decision?: string;
  /** In reading order; each hint says which edit or command supplies it. */
  readonly missing: readonly Finding[];
  /** The command that takes the phase further: its questions while nothing is decided, a person's yes while it is assumed. */
  readonly next?: string;
}

/** Phases without a rule of their own are judged by their decision alone. */
const ruleOfPhase: Readonly<Record<PhaseName, Pick<Rule, "id" | "severity" | "check">>> = {
  requirements: requirementsOpen,
  stream: streamOpen,
  "event-sourcing": {
    id: "EDA-P03",
    severity: "error",
    check: (context) => decisionProblems(context, "event-sourcing"),
  },
  "cqrs-sagas": cqrsSagasOpen,
  consistency: consistencyOpen,
};

/** The five phases in order, each with what keeps it open. For a document that fits the schema. */
export function phaseReport(context: RuleContext): readonly PhaseReport[] {
  return phaseNames.map((name, index) => {
    const rule = ruleOfPhase[name];
    const missing = Array.from(rule.check(context), (problem) => findingOf(rule, problem, context.manifest));
    const phase = context.system.phases[name];
    const undecided = phase.status === "open" || phase.decision === undefined;
    const next = undecided
      ? `eda phase ${name}`
      : phase.status === "assumed"
        ? `eda phase ${name} --accept`
        : undefined;
    return {
      number: index + 1,
      name,
      status: missing.length > 0 ? "open" : phase.status,
      ...(phase.decision === undefined ? {} : { decision: phase.decision }),
      missing: missing.sort(inReadingOrder),
      ...(next === undefined ? {} : { next }),
    };
  });
}

/**
 * The phases before this one about which nobody has decided and nothing was assumed: what a generator asks for first.
 * Findings in the graph, such as an event without a consumer, do not count: they must not block the generator that
 * would mend them.
 */
export function missingDecisions(system: System, phase: PhaseName): readonly PhaseName[] {
  return phaseNames.slice(0, phaseNames.indexOf(phase)).filter((name) => system.phases[name].status === "open");
}
