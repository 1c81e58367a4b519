import { idempotencyKey } from "./definition.ts";
import { dataFor } from "./input.ts";
import { commandOf } from "./stages.ts";
import type { Course, SagaTimer, Stage } from "./transition.ts";
import { record, setCourse, type Turn } from "./turn.ts";

/** A stage begins: its intent is in the state before its command leaves (R4). */
export function begin(turn: Turn, stage: Stage): void {
  send(turn, stage, { status: "waiting", round: 1, attempt: 1 });
}

/** The same round once more. Attempts go on being counted, so that no timer is armed twice. */
export function sendAgain(turn: Turn, stage: Stage, course: Course, asked = course.asked): void {
  const { round, attempt, parked } = course;
  send(turn, stage, {
    status: "waiting",
    round,
    attempt: attempt + 1,
    ...(asked === undefined ? {} : { asked }),
    // Its new row waits behind the parked one, of the same topic and key.
    ...(parked === undefined ? {} : { parked }),
  });
}

/** R4: after a recorded failure only a command of a newer round is done rather than answered from what is stored. */
export function sendNextRound(turn: Turn, stage: Stage, course: Course): void {
  send(turn, stage, { status: "waiting", round: course.round + 1, attempt: 1 });
}

function send(turn: Turn, { step, direction }: Stage, course: Course): void {
  const stage = { step, direction };
  const command = commandOf(turn.definition, stage)!;
  const { round, attempt } = course;
  setCourse(turn, stage, course);
  const purpose = course.asked === undefined ? "do" : "tombstone";
  turn.effects.push({
    type: "send",
    purpose,
    ...stage,
    round,
    attempt,
    command: command.command,
    data: dataFor(command, turn.state),
    success: command.success,
    ...(command.failure === undefined ? {} : { failure: command.failure }),
    idempotencyKey: idempotencyKey(turn.state.id, step, direction, round),
    timeoutMs: command.timeoutMs,
  });
  const timer: SagaTimer = { kind: "timeout", ...stage, round, attempt };
  // R13: a queue at the relay or the broker is no lost participant.
  turn.effects.push({ type: "timer", timer, afterMs: command.timeoutMs, starts: "when-sent" });
  record(turn, purpose === "do" ? "command-sent" : "tombstone-sent", stage, { course });
}
