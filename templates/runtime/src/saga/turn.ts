import { withCourse } from "./course.ts";
import type { Json, SagaDefinition } from "./definition.ts";
import type { Course, SagaEffect, SagaState, Stage } from "./transition.ts";

/** One transition in the making: the state so far and its effects in order. It does not outlive `decide`. */
export interface Turn {
  readonly definition: SagaDefinition;
  state: SagaState;
  readonly effects: SagaEffect[];
}

/** Writes what became of a stage. */
export function setCourse(turn: Turn, stage: Stage, course: Course): void {
  turn.state = withCourse(turn.state, stage, course);
}

/** Adds a row to the saga's log (R11). */
export function record(turn: Turn, what: string, stage?: Stage, more: { course?: Course; detail?: Json } = {}): void {
  const { course, detail } = more;
  turn.effects.push({
    type: "log",
    entry: {
      what,
      ...(stage === undefined ? {} : { step: stage.step, direction: stage.direction }),
      ...(course === undefined ? {} : { round: course.round, attempt: course.attempt }),
      ...(detail === undefined ? {} : { detail }),
    },
  });
}

/** A stage waits no more: its timers have no meaning. */
export function cancelTimers(turn: Turn, { step, direction }: Stage): void {
  turn.effects.push({ type: "cancel-timers", stage: { step, direction } });
}
