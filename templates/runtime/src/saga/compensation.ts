import { courseOf, isDone } from "./course.ts";
import type { SagaDefinition, SagaStep } from "./definition.ts";
import { end } from "./end.ts";
import { begin } from "./intent.ts";
import { stepsOf } from "./stages.ts";
import type { SagaFailure, SagaState } from "./transition.ts";
import { record, type Turn } from "./turn.ts";

/** The saga turns back. Its steps have settled, all of them. */
export function beginCompensation(turn: Turn, failure: SagaFailure): void {
  turn.state = { ...turn.state, status: "compensating", failure };
  record(turn, "compensation-begun", undefined, { detail: { ...failure } });
  goOnBackward(turn);
}

/** R15: the next compensation once the one before is confirmed; then the ending; then the saga is over. */
export function goOnBackward(turn: Turn): void {
  const { definition, state } = turn;
  const next = compensationPlan(definition, state)
    .map(({ id }) => ({ step: id, direction: "compensation" as const }))
    .find((stage) => !isDone(courseOf(state, stage)));
  if (next !== undefined) {
    if (courseOf(state, next) === undefined) begin(turn, next);
    return;
  }
  const ending = { step: "compensated", direction: "forward" as const };
  const course = courseOf(state, ending);
  if (definition.compensated === undefined || isDone(course)) end(turn, "compensated");
  else if (course === undefined) begin(turn, ending);
}

/**
 * What is compensated, in order: steps whose outcome is unknown first, the last defined first (R3), then what has
 * succeeded, the last completed first (R15). Fixed once the saga turns back: no late reply changes a forward course.
 */
export function compensationPlan(definition: SagaDefinition, state: SagaState): readonly SagaStep[] {
  const forward = (step: SagaStep) => courseOf(state, { step: step.id, direction: "forward" });
  const begun = stepsOf(definition).filter(({ compensation }) => compensation !== undefined);
  const unknown = begun.filter((step) => forward(step)?.status === "unknown").reverse();
  const succeeded = begun.filter((step) => forward(step)?.status === "succeeded");
  return [...unknown, ...succeeded.sort((a, b) => forward(b)!.order! - forward(a)!.order!)];
}
