import type { SagaDocument } from "../_saga/load.ts";
import type { NodePath } from "../_system/place.ts";
import type { SagaEntry, System } from "../_system/system.ts";
import { outcomeHint } from "./outcome-hint.ts";
import type { Problem, Rule } from "./rule.ts";
import { sagasOf } from "./sagas.ts";

/** One saga as a rule sees it. */
export interface JudgedSaga {
  readonly document: SagaDocument;
  /** Where it stands in a system; absent where its file is checked alone. */
  readonly home?: SagaHome;
}

export interface SagaHome {
  readonly system: System;
  readonly entry: SagaEntry;
}

/** A problem at a node of the saga's file. */
export interface SagaFault extends Omit<Problem, "at"> {
  readonly at: NodePath;
}

interface SagaRule extends Omit<Rule, "runs" | "check" | "alone"> {
  /** Whether it has something to say without a manifest. */
  readonly alone: boolean;
  judge(saga: JudgedSaga): Iterable<SagaFault>;
}

/** A rule that judges each saga by itself. */
export function sagaRule({ alone, judge, ...about }: SagaRule): Rule {
  const judged = function* (saga: JudgedSaga): Iterable<Problem> {
    for (const { at, part, ...said } of judge(saga)) yield { ...said, at: saga.document.place(at, part) };
  };
  return {
    ...about,
    runs: "validate",
    *check(context) {
      const { system } = context;
      for (const { entry, document } of sagasOf(context).sagas) yield* judged({ document, home: { system, entry } });
    },
    ...(alone && { alone: (document: SagaDocument) => judged({ document }) }),
  };
}

/** A rule of what the loader finds while it reads a definition. */
export function shapeRule(about: Omit<SagaRule, "alone" | "judge">): Rule {
  const found = function* (document: SagaDocument, system?: System): Iterable<Problem> {
    for (const { rule, at, part, message, hint, wrong } of document.problems) {
      if (rule !== about.id) continue;
      const better = wrong && outcomeHint(document.draft, wrong.at, wrong.value, system);
      yield { at: "file" in at ? at : document.place(at, part), message, hint: better ?? hint };
    }
  };
  return {
    ...about,
    runs: "validate",
    *check(context) {
      for (const { document } of sagasOf(context).sagas) yield* found(document, context.system);
    },
    alone: (document) => found(document),
  };
}
