import { courseOf, isCourseStuck, isOpen, nameOf } from "./course.ts";
import { endings, type SagaDefinition } from "./definition.ts";
import { onUnparked } from "./disruption.ts";
import { VerbRefusedError } from "./errors.ts";
import { reads } from "./input.ts";
import { sendAgain, sendNextRound } from "./intent.ts";
import { succeed } from "./settle.ts";
import { commandOf, stepOf, stepsOf } from "./stages.ts";
import type { Course, SagaInput, Stage } from "./transition.ts";
import { cancelTimers, record, type Turn } from "./turn.ts";

type Verb = Extract<SagaInput, { type: "operator" }>;

/**
 * An operator acts on a stage.
 * @throws VerbRefusedError where the verb has no meaning; the saga stays as it is
 */
export function onVerb(turn: Turn, input: Verb): void {
  const stage: Stage = { step: input.step, direction: input.direction };
  const course = openCourse(turn, stage);
  switch (input.verb) {
    case "retry":
      retry(turn, stage, course);
      break;
    case "skip":
      askToSkip(turn, stage, course);
      break;
    case "fail":
      askToFail(turn, stage, course);
      break;
    case "complete":
      mustBeStuck(stage, course);
      record(turn, "operator-completed", stage, { course });
      succeed(turn, stage, course, input.data);
  }
}

/** After unknown the same round again, after a recorded failure the next, after a parked row the row itself. */
function retry(turn: Turn, stage: Stage, course: Course): void {
  mustBeStuck(stage, course);
  record(turn, "operator-retried", stage, { course });
  if (course.parked === true) {
    turn.effects.push({ type: "unpark", stage });
    onUnparked(turn, stage);
  } else if (course.status === "failed") sendNextRound(turn, stage, course);
  else sendAgain(turn, stage, withoutQuestion(course));
}

/**
 * A retry takes back what was asked and not answered: a participant that cannot tell what became of a call learns it
 * by making the same call again (R19). Asking again is asking once more.
 */
function withoutQuestion({ asked: _, ...course }: Course): Course {
  return course;
}

/** Asks the participant never to do it; only its answer settles the stage, since it may have done it already. */
function askToSkip(turn: Turn, stage: Stage, course: Course): void {
  const name = nameOf(stage);
  if (!canBeSkipped(turn.definition, stage)) {
    throw new VerbRefusedError(`${name} cannot be skipped: it does not come after the point of no return`);
  }
  const reader = readerOf(turn.definition, stage);
  if (reader !== undefined) {
    throw new VerbRefusedError(`${name} cannot be skipped: ${reader} needs its answer. Complete it with that data`);
  }
  ask(turn, stage, course, "skip");
}

/** Asks the participant never to take the step, so that the saga can turn back although its outcome was unknown. */
function askToFail(turn: Turn, stage: Stage, course: Course): void {
  if (stage.direction !== "forward" || stepOf(turn.definition, stage.step)?.kind !== "pivot") {
    throw new VerbRefusedError(`${nameOf(stage)} cannot be failed: it is not the pivot`);
  }
  mustBeStuck(stage, course);
  ask(turn, stage, course, "fail");
}

function ask(turn: Turn, stage: Stage, course: Course, asked: "skip" | "fail"): void {
  if (course.asked !== undefined && course.stuck === undefined) {
    throw new VerbRefusedError(`${nameOf(stage)}: its participant has been asked already, and has not answered yet`);
  }
  record(turn, `operator-asked-to-${asked}`, stage, { course });
  cancelTimers(turn, stage);
  sendAgain(turn, stage, course, asked);
}

function openCourse({ definition, state }: Turn, stage: Stage): Course {
  const name = nameOf(stage);
  if (state.status !== "running" && state.status !== "compensating") {
    throw new VerbRefusedError(`${state.id} is over: it is ${state.status}`);
  }
  if (commandOf(definition, stage) === undefined) {
    throw new VerbRefusedError(`The saga ${definition.saga} does not have ${name}`);
  }
  const course = courseOf(state, stage);
  if (course === undefined) throw new VerbRefusedError(`${name} has not begun`);
  if (!isOpen(course)) throw new VerbRefusedError(`${name} has settled already: ${course.status}`);
  return course;
}

function mustBeStuck(stage: Stage, course: Course): void {
  if (!isCourseStuck(course)) throw new VerbRefusedError(`${nameOf(stage)} is not stuck: it waits for an answer`);
}

/** Whatever comes after the point of no return, an ending, a compensation. A pivot is that point: it can be failed. */
function canBeSkipped(definition: SagaDefinition, { step, direction }: Stage): boolean {
  if (direction === "compensation" || endings.some((name) => name === step)) return true;
  return stepOf(definition, step)?.kind === "retriable";
}

/** What would go out without data if the stage had no answer. No path leads to a compensation's or an ending's. */
function readerOf(definition: SagaDefinition, { step, direction }: Stage): string | undefined {
  if (direction === "compensation") return undefined;
  const reader = stepsOf(definition).find((each) => reads(each, step));
  if (reader !== undefined) return reader.id;
  return definition.completed !== undefined && reads(definition.completed, step) ? "completed" : undefined;
}
