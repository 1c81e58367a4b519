import { courseOf, isOpen } from "./course.ts";
import { fail, skip, succeed } from "./settle.ts";
import type { Course, SagaReply } from "./transition.ts";
import { record, type Turn } from "./turn.ts";

/** A participant has answered (R7). */
export function onReply(turn: Turn, reply: SagaReply): void {
  const { step, direction, round, outcome, noop, data } = reply;
  const stage = { step, direction };
  const course = courseOf(turn.state, stage);
  // R7, R12: nothing that has settled is settled again, so that no late success moves a compensating saga forward.
  if (course === undefined || !isOpen(course)) ignore(turn, reply);
  // Of any attempt and round, and also where it is stuck: it has been done.
  else if (outcome === "success") succeed(turn, stage, course, data, noop);
  // An older round's failure has given way to the round that is under way.
  else if (course.status !== "waiting" || round !== course.round) ignore(turn, reply);
  else if (course.asked !== undefined) grant(turn, reply, course, course.asked);
  else if (outcome === "failure") fail(turn, stage, course, data);
  else ignore(turn, reply);
}

/** The operator has got what was asked for: it has not been done, and never will be. */
function grant(turn: Turn, reply: SagaReply, course: Course, asked: "skip" | "fail"): void {
  const stage = { step: reply.step, direction: reply.direction };
  if (asked === "skip") skip(turn, stage, course);
  else if (reply.outcome === "failure") fail(turn, stage, course, reply.data);
  else fail(turn, stage, course, { reason: `an operator gave up on ${reply.step}` });
}

/** Counted by its entry in the log; the state stays as it is. */
function ignore(turn: Turn, { step, direction, round, outcome }: SagaReply): void {
  record(turn, "late-reply-ignored", { step, direction }, { detail: { round, outcome } });
}
