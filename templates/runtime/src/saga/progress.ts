import { beginCompensation, goOnBackward } from "./compensation.ts";
import { courseOf, isDone, isOpen } from "./course.ts";
import type { SagaGroup } from "./definition.ts";
import { end } from "./end.ts";
import { begin } from "./intent.ts";
import type { Course, SagaFailure } from "./transition.ts";
import type { Turn } from "./turn.ts";

/** A stage has settled: begins what comes next, if nothing is in its way. */
export function goOn(turn: Turn): void {
  if (turn.state.status === "running") goOnForward(turn);
  else goOnBackward(turn);
}

/** Begins the members of the group that the state points at. */
export function beginGroup(turn: Turn): void {
  for (const { id } of turn.definition.groups[turn.state.group]!) begin(turn, { step: id, direction: "forward" });
}

function goOnForward(turn: Turn): void {
  const { definition, state } = turn;
  const group = definition.groups[state.group]!;
  const courses = group.map(({ id }) => courseOf(state, { step: id, direction: "forward" })!);
  // Members of a group all settle before the saga goes on or compensates; what comes after a stuck one waits (R6).
  if (courses.some(isOpen)) return;
  if (!courses.every(isDone)) beginCompensation(turn, failureOf(turn, group, courses));
  else if (state.group + 1 < definition.groups.length) {
    turn.state = { ...state, group: state.group + 1 };
    beginGroup(turn);
  } else beginCompleted(turn);
}

/** No step is left: the ending, then the saga is over. */
function beginCompleted(turn: Turn): void {
  const { definition, state } = turn;
  const ending = { step: "completed", direction: "forward" as const };
  const course = courseOf(state, ending);
  if (definition.completed === undefined || isDone(course)) end(turn, "completed");
  else if (course === undefined) begin(turn, ending);
}

/** Why a group turns the saga back: what a participant has said comes before a silence. */
function failureOf(turn: Turn, group: SagaGroup, courses: readonly Course[]): SagaFailure {
  const failed = courses.findIndex(({ status }) => status === "failed");
  const index = failed === -1 ? courses.findIndex(({ status }) => status === "unknown") : failed;
  const { id: step, failure } = group[index]!;
  const { status, reply, attempt } = courses[index]!;
  if (status === "failed") {
    const said = reply?.reason;
    return { step, reason: typeof said === "string" ? said : `${step} was refused${failure ? ` (${failure})` : ""}` };
  }
  const silence = turn.state.deadlinePassed
    ? "by the saga's deadline"
    : `in ${attempt} attempt${attempt === 1 ? "" : "s"}`;
  return { step, reason: `${step} gave no answer ${silence}` };
}
