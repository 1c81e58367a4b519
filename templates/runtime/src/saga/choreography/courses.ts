import type { Course, SagaState, Stage, StepState } from "../transition.ts";

export function withCourse(state: SagaState, { step, direction }: Stage, course: Course): SagaState {
  const before: StepState = state.steps[step] ?? {};
  return { ...state, steps: { ...state.steps, [step]: { ...before, [direction]: course } } };
}

/** Of every stage that has begun, or settled. */
export function coursesOf(state: SagaState): readonly (Stage & { readonly course: Course })[] {
  return Object.entries(state.steps).flatMap(([step, { forward, compensation }]) => [
    ...(forward === undefined ? [] : [{ step, direction: "forward" as const, course: forward }]),
    ...(compensation === undefined ? [] : [{ step, direction: "compensation" as const, course: compensation }]),
  ]);
}
