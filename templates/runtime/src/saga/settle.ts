import type { JsonObject } from "./definition.ts";
import { goOn } from "./progress.ts";
import { canBeUndone, mayFail, stepOf } from "./stages.ts";
import type { Course, Stage, StuckReason } from "./transition.ts";
import { cancelTimers, record, setCourse, type Turn } from "./turn.ts";

/** A stage has succeeded, and the saga goes on. */
export function succeed(turn: Turn, stage: Stage, course: Course, reply: JsonObject, noop?: true): void {
  const places = stage.direction === "forward" && stepOf(turn.definition, stage.step) !== undefined;
  settle(turn, stage, course, {
    status: "succeeded",
    reply,
    ...(noop === undefined ? {} : { noop }),
    ...(places ? { order: completedBefore(turn) } : {}),
  });
  record(turn, "step-succeeded", stage, { course, ...(noop === undefined ? {} : { detail: { noop } }) });
  goOn(turn);
}

/** A business failure: it turns the saga back, or, where none may be, the stage is stuck (R6). */
export function fail(turn: Turn, stage: Stage, course: Course, reply: JsonObject): void {
  const final = mayFail(turn.definition, stage);
  settle(turn, stage, course, { status: "failed", reply, ...(final ? {} : { stuck: "failure" }) });
  record(turn, "step-failed", stage, { course, detail: reply });
  if (final) goOn(turn);
  else record(turn, "stuck", stage, { course, detail: "failure" });
}

/** No answer will be waited for: the step is compensated (R3) or, where that cannot be, stuck (R6). */
export function giveUp(turn: Turn, stage: Stage, course: Course): void {
  if (canBeUndone(turn.definition, stage)) {
    becomeUnknown(turn, stage, course);
    goOn(turn);
  } else getStuck(turn, stage, course, "unknown");
}

/** What has become of a step is unknown. The caller goes on. */
export function becomeUnknown(turn: Turn, stage: Stage, course: Course): void {
  settle(turn, stage, course, { status: "unknown" });
  record(turn, "step-unknown", stage, { course });
}

/** An operator's skip came true: the participant will never do it. */
export function skip(turn: Turn, stage: Stage, course: Course): void {
  turn.state = { ...turn.state, exceptions: true };
  settle(turn, stage, course, { status: "skipped" });
  record(turn, "step-skipped", stage, { course });
  goOn(turn);
}

/** Still waiting (R7), but nothing happens by itself any more. */
export function getStuck(
  turn: Turn,
  stage: Stage,
  course: Course,
  stuck: Exclude<StuckReason, "failure" | "parked">,
): void {
  const { backoff: _, ...waiting } = course;
  setCourse(turn, stage, { ...waiting, stuck });
  cancelTimers(turn, stage);
  record(turn, "stuck", stage, { course, detail: stuck });
}

function settle(
  turn: Turn,
  stage: Stage,
  { round, attempt }: Course,
  outcome: Omit<Course, "round" | "attempt">,
): void {
  setCourse(turn, stage, { round, attempt, ...outcome });
  cancelTimers(turn, stage);
}

function completedBefore(turn: Turn): number {
  return Object.values(turn.state.steps).filter(({ forward }) => forward?.order !== undefined).length;
}
