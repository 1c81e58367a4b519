import { courseOf } from "./course.ts";
import { getStuck } from "./settle.ts";
import type { Stage } from "./transition.ts";
import { record, setCourse, type Turn } from "./turn.ts";

/** The relay cannot send the stage's command: it is stuck for as long as that lasts (R13). */
export function onParked(turn: Turn, { step, direction }: Stage): void {
  const stage = { step, direction };
  const course = courseOf(turn.state, stage);
  if (course?.status !== "waiting" || course.parked === true) return;
  setCourse(turn, stage, { ...course, parked: true });
  record(turn, "stuck", stage, { course, detail: "parked" });
}

/** The relay has the row again. */
export function onUnparked(turn: Turn, { step, direction }: Stage): void {
  const stage = { step, direction };
  const course = courseOf(turn.state, stage);
  if (course?.parked !== true) return;
  const { parked: _, ...rest } = course;
  setCourse(turn, stage, rest);
  record(turn, "unparked", stage, { course });
}

/**
 * The stage's reply lies in the dead letters (R18). Asking again would bring the same reply, so that nothing is sent by
 * itself any more.
 */
export function onUnhandled(turn: Turn, { step, direction, error }: Stage & { readonly error: string }): void {
  const stage = { step, direction };
  const course = courseOf(turn.state, stage);
  if (course?.status !== "waiting" || course.stuck === "unhandled") return;
  record(turn, "reply-unhandled", stage, { course, detail: error });
  getStuck(turn, stage, course, "unhandled");
}
