import { coursesOf, isOpen, withCourse } from "../course.ts";
import { isOver, isStuck } from "../decide.ts";
import type { JsonObject, SagaDefinition } from "../definition.ts";
import type { Decide, SagaEffect, SagaLogEntry, SagaState, Stage, Transition } from "../transition.ts";
import { meaningOf } from "./meaning.ts";
import { type Change, see, settleNoop, unchanged } from "./see.ts";
import { onVerb } from "./verbs.ts";

/**
 * The watchdog of a choreography: what the machine is to an orchestration, but it only looks on. A stage begins when
 * the event of its `on` is seen and settles with its own; the saga is over when nothing that has begun is open. Topics
 * give no order among each other, so each event counts whenever it comes, and the trigger may come late. What is open
 * at the deadline is stuck, and what was refused where it may not be (R6), until its event is seen after all. Without a trigger by then, events of it were caused
 * elsewhere: it is over with what they have led to.
 */
export const observe: Decide = (definition, state, input): Transition => {
  switch (input.type) {
    case "triggered":
      return after(definition, state, input.id, (saga) =>
        // R1: the same trigger again.
        isTriggered(saga) ? unchanged(saga) : trigger(saga, definition, input.data, state !== undefined),
      );
    case "seen":
      return after(definition, state, input.id, (saga) =>
        see(saga, definition, meaningOf(definition, input.event), input),
      );
    case "reply":
      return after(definition, state, input.id, (saga) =>
        // What has an event is seen by it; a compensation that had nothing to undo has none.
        input.noop === true && input.outcome === "success" ? settleNoop(saga, input) : unchanged(saga),
      );
    case "timer":
      return after(definition, state, undefined, (saga) =>
        // R4, R8: that of an earlier watch may fire late, and means nothing in this one.
        input.timer.kind === "deadline" && input.timer.round === watchOf(saga) ? passDeadline(saga) : unchanged(saga),
      );
    case "unhandled":
      return after(definition, state, undefined, (saga) => markUnhandled(saga, input, input.error));
    case "operator":
      return after(definition, state, undefined, (saga) => onVerb(saga, definition, input));
    default:
      // Nothing is sent from here that could be parked or be retried.
      return after(definition, state, undefined, unchanged);
  }
};

function after(
  definition: SagaDefinition,
  before: SagaState | undefined,
  id: string | undefined,
  change: (state: SagaState) => Change,
): Transition {
  if (before === undefined && id === undefined) throw new Error("a choreography begins with an event of it");
  const begun = before ?? begin(id ?? "");
  const { state: changed, log } = change(begun);
  if (before !== undefined && changed === before) return { state: before, effects: log.map(asEffect) };
  const state = withStatus(changed);
  const effects: SagaEffect[] = log.map(asEffect);
  if (before === undefined || (before.deadlinePassed && !state.deadlinePassed && !isOver(state))) {
    const timer = { kind: "deadline", step: "", direction: "forward", round: watchOf(state), attempt: 0 } as const;
    effects.unshift({ type: "timer", timer, afterMs: definition.deadlineMs, starts: "now" });
  }
  if (before === undefined) effects.unshift(asEffect({ what: "started" }));
  const stuck = isStuck(state);
  if (before === undefined || state.status !== before.status || stuck !== isStuck(before))
    effects.push({ type: "status", status: state.status, stuck });
  if (isOver(state) && !(before && isOver(before))) effects.push({ type: "cancel-timers" });
  return { state, effects };
}

function begin(id: string): SagaState {
  return { id, status: "running", trigger: {}, group: 0, deadlinePassed: false, exceptions: false, steps: {} };
}

/**
 * Events of it may be seen before, and may even have been caused elsewhere, long before. Then its deadline has passed
 * without a trigger, and the saga itself begins only now, with a deadline of its own.
 */
function trigger(state: SagaState, definition: SagaDefinition, data: JsonObject, isLate: boolean): Change {
  const watched: SagaState = { ...state, trigger: data };
  const { state: seen, log } = see(
    state.deadlinePassed ? watchedAnew(watched) : watched,
    definition,
    meaningOf(definition, definition.trigger),
    { event: definition.trigger, data },
  );
  return { state: seen, log: isLate ? [{ what: "trigger-seen", detail: definition.trigger }, ...log] : log };
}

function watchedAnew(state: SagaState): SagaState {
  // What it is, follows from what has been seen.
  const anew: SagaState = { ...state, status: "running", deadlinePassed: false, watch: watchOf(state) + 1 };
  const late = coursesOf(state).filter(({ course }) => course.stuck === "unknown");
  return late.reduce((all, { course: { stuck: _, ...course }, ...stage }) => withCourse(all, stage, course), anew);
}

function passDeadline(state: SagaState): Change {
  if (isOver(state) || state.deadlinePassed) return unchanged(state);
  const open = coursesOf(state).filter(({ course }) => course.status === "waiting");
  const passed: SagaState = { ...state, deadlinePassed: true };
  return {
    state: open.reduce(
      (all, { course, ...stage }) => withCourse(all, stage, { ...course, stuck: course.stuck ?? "unknown" }),
      passed,
    ),
    log: [
      ...(isTriggered(state) ? [] : [{ what: "trigger-not-seen", detail: "by the deadline" }]),
      ...open.map(({ step, direction }) => ({ what: "stuck", step, direction, detail: "not ended by the deadline" })),
    ],
  };
}

/** R18: its event lies in the dead letters, and settles it when it is replayed. */
function markUnhandled(state: SagaState, { step, direction }: Stage, error: string): Change {
  const course = state.steps[step]?.[direction];
  if (isOver(state) || course?.status !== "waiting" || course.stuck !== undefined) return unchanged(state);
  return {
    state: withCourse(state, { step, direction }, { ...course, stuck: "unhandled" }),
    log: [{ what: "stuck", step, direction, detail: error }],
  };
}

/** Nothing that has begun is open: then it is over, and what has failed or was undone tells how. */
function withStatus(state: SagaState): SagaState {
  if (isOver(state)) return state;
  const courses = coursesOf(state);
  const isUndone = state.failure !== undefined || courses.some(({ direction }) => direction === "compensation");
  // Before its trigger was seen nobody knows what else has begun; by the deadline it would have been.
  const mayBegin = !isTriggered(state) && !state.deadlinePassed;
  const goesOn = mayBegin || courses.length === 0 || courses.some(({ course }) => isOpen(course));
  const status = goesOn ? (isUndone ? "compensating" : "running") : isUndone ? "compensated" : "completed";
  return status === state.status ? state : { ...state, status };
}

function watchOf({ watch = 0 }: SagaState): number {
  return watch;
}

/** A trigger's data holds the key, so it is never empty. */
function isTriggered({ trigger }: SagaState): boolean {
  return Object.keys(trigger).length > 0;
}

function asEffect(entry: SagaLogEntry): SagaEffect {
  return { type: "log", entry };
}
