import type { Course, SagaState, Stage } from "./transition.ts";

/** What became of a stage; undefined before its intent. */
export function courseOf(state: SagaState, { step, direction }: Stage): Course | undefined {
  // A step may be named as something that every object has: "constructor".
  return Object.hasOwn(state.steps, step) ? state.steps[step]![direction] : undefined;
}

/** A state in which that has become of a stage; the state given stays as it is. */
export function withCourse(state: SagaState, { step, direction }: Stage, course: Course): SagaState {
  const before = Object.hasOwn(state.steps, step) ? state.steps[step] : undefined;
  return { ...state, steps: { ...state.steps, [step]: { ...before, [direction]: course } } };
}

/** Of every stage that has begun, or settled. */
export function coursesOf({ steps }: SagaState): readonly (Stage & { readonly course: Course })[] {
  return Object.entries(steps).flatMap(([step, { forward, compensation }]) => [
    ...(forward === undefined ? [] : [{ step, direction: "forward" as const, course: forward }]),
    ...(compensation === undefined ? [] : [{ step, direction: "compensation" as const, course: compensation }]),
  ]);
}

/** Whether something may still settle it: an answer, or an operator. */
export function isOpen(course: Course): boolean {
  return course.status === "waiting" || course.stuck !== undefined;
}

/** Whether only an operator, or a late reply, can go on (R6, R13). */
export function isCourseStuck(course: Course): boolean {
  return course.stuck !== undefined || course.parked === true;
}

/** Whether what comes after it may begin. */
export function isDone(course: Course | undefined): boolean {
  return course?.status === "succeeded" || course?.status === "skipped";
}

/** `capture-payment`, `the compensation of reserve-stock`. */
export function nameOf({ step, direction }: Stage): string {
  return direction === "forward" ? step : `the compensation of ${step}`;
}
