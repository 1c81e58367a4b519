import { courseOf } from "./course.ts";
import { pastPointOfNoReturn } from "./point-of-no-return.ts";
import { goOn } from "./progress.ts";
import { becomeUnknown } from "./settle.ts";
import { record, type Turn } from "./turn.ts";

/**
 * R16: before the point of no return every step that has not settled is unknown at once, parked and stuck ones too, and
 * compensation begins. After it the deadline waits; during compensation it changes nothing.
 */
export function onDeadline(turn: Turn): void {
  if (turn.state.status !== "running" || turn.state.deadlinePassed) return;
  turn.state = { ...turn.state, deadlinePassed: true };
  record(turn, "deadline-passed");
  if (pastPointOfNoReturn(turn.definition, turn.state)) return;
  for (const { id } of turn.definition.groups[turn.state.group]!) {
    const stage = { step: id, direction: "forward" as const };
    const course = courseOf(turn.state, stage);
    if (course?.status === "waiting") becomeUnknown(turn, stage, course);
  }
  goOn(turn);
}
