import { courseOf } from "./course.ts";
import { onDeadline } from "./deadline.ts";
import type { SagaRetry } from "./definition.ts";
import { sendAgain } from "./intent.ts";
import { giveUp } from "./settle.ts";
import { commandOf } from "./stages.ts";
import type { Course, SagaTimer, Stage } from "./transition.ts";
import { record, setCourse, type Turn } from "./turn.ts";

/** A timer has fired. One that fires after the state moved on does nothing (R8). */
export function onTimer(turn: Turn, timer: SagaTimer): void {
  if (timer.kind === "deadline") onDeadline(turn);
  else onAttemptTimer(turn, timer);
}

function onAttemptTimer(turn: Turn, timer: SagaTimer): void {
  const { step, direction, round, attempt } = timer;
  const stage = { step, direction };
  const course = courseOf(turn.state, stage);
  if (course?.status !== "waiting" || course.stuck !== undefined) return;
  if (course.round !== round || course.attempt !== attempt) return;
  const backingOff = course.backoff === true;
  if (timer.kind === "timeout" && !backingOff) timedOut(turn, stage, course);
  if (timer.kind === "backoff" && backingOff) sendAgain(turn, stage, course);
}

function timedOut(turn: Turn, stage: Stage, course: Course): void {
  record(turn, "timed-out", stage, { course });
  const { retry } = commandOf(turn.definition, stage)!;
  const { round, attempt } = course;
  // An operator's retry gives the same round its attempts again, counted on (R4).
  const nth = ((attempt - 1) % retry.attempts) + 1;
  if (nth === retry.attempts) {
    giveUp(turn, stage, course);
    return;
  }
  setCourse(turn, stage, { ...course, backoff: true });
  turn.effects.push({
    type: "timer",
    timer: { kind: "backoff", ...stage, round, attempt },
    afterMs: backoffMs(retry, nth),
    starts: "now",
    ...(retry.jitter === "full" ? { jitter: "full" } : {}),
  });
}

/** Milliseconds between the `nth` attempt, counted from 1, and the next; before jitter. */
function backoffMs({ initialMs, multiplier, maxMs }: SagaRetry, nth: number): number {
  return Math.min(maxMs, Math.round(initialMs * multiplier ** (nth - 1)));
}
