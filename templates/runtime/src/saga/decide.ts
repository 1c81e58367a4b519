import { coursesOf, isCourseStuck } from "./course.ts";
import type { SagaDefinition } from "./definition.ts";
import { onParked, onUnhandled, onUnparked } from "./disruption.ts";
import { onVerb } from "./operator.ts";
import { beginGroup } from "./progress.ts";
import { onReply } from "./replies.ts";
import { onTimer } from "./timers.ts";
import type { Decide, SagaInput, SagaState, Transition } from "./transition.ts";
import { record, type Turn } from "./turn.ts";

/**
 * The saga machine (R1 to R20, as far as they are not its surroundings'). What is late, stale or repeated changes
 * nothing: the same state comes back.
 * @throws VerbRefusedError for an operator's verb that has no meaning where the saga stands
 * @throws Error for an input that is no trigger, without a state
 */
export const decide: Decide = (definition, state, input) => {
  if (state === undefined) return start(definition, input);
  const turn: Turn = { definition, state, effects: [] };
  carryOut(turn, input);
  return finish(turn, state);
};

/** Over: nothing changes it any more (R17). */
export function isOver({ status }: SagaState): boolean {
  return status !== "running" && status !== "compensating";
}

/** R6: a saga is stuck while any of its steps is, in either direction. */
export function isStuck(state: SagaState): boolean {
  return !isOver(state) && coursesOf(state).some(({ course }) => isCourseStuck(course));
}

function start(definition: SagaDefinition, input: SagaInput): Transition {
  // R8: nothing but its trigger creates a saga.
  if (input.type !== "triggered") throw new Error(`There is no saga yet for an input of type ${input.type}`);
  const { id, data } = input;
  const turn: Turn = {
    definition,
    state: { id, status: "running", trigger: data, group: 0, deadlinePassed: false, exceptions: false, steps: {} },
    effects: [],
  };
  turn.effects.push({
    type: "timer",
    timer: { kind: "deadline", step: "", direction: "forward", round: 0, attempt: 0 },
    afterMs: definition.deadlineMs,
    starts: "now",
  });
  record(turn, "started");
  beginGroup(turn);
  return finish(turn, undefined);
}

function carryOut(turn: Turn, input: SagaInput): void {
  switch (input.type) {
    case "triggered": // R1: the same trigger again.
    case "seen": // Only a choreography is moved by events.
      break;
    case "reply":
      onReply(turn, input);
      break;
    case "timer":
      onTimer(turn, input.timer);
      break;
    case "parked":
      onParked(turn, input);
      break;
    case "unparked":
      onUnparked(turn, input);
      break;
    case "unhandled":
      onUnhandled(turn, input);
      break;
    case "operator":
      onVerb(turn, input);
      break;
  }
}

function finish({ state, effects }: Turn, before: SagaState | undefined): Transition {
  const stuck = isStuck(state);
  if (before === undefined || before.status !== state.status || isStuck(before) !== stuck) {
    effects.push({ type: "status", status: state.status, stuck });
  }
  return { state, effects };
}
