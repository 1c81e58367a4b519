import { coursesOf, withCourse } from "../course.ts";
import { isOver, isStuck } from "../decide.ts";
import type { JsonObject, SagaDefinition } from "../definition.ts";
import type { Course, Decide, SagaEffect, SagaLogEntry, SagaState, Stage, Transition } from "../transition.ts";
import { type Meaning, meaningOf } from "./meaning.ts";

/**
 * The watchdog of a choreography: what the machine is to an orchestration, but it only looks on. A stage begins when
 * the event of its `on` is seen and settles with its own; the saga is over when nothing that has begun is open. Topics
 * give no order among each other, so each event counts whenever it comes, and the trigger may come late. What is open
 * at the deadline is stuck, until its event is seen after all. Without a trigger by then, events of it were caused
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
      return after(definition, state, input.id, (saga) => see(saga, definition, input.event, input.data));
    case "reply":
      return after(definition, state, input.id, (saga) =>
        // What has an event is seen by it; a compensation that had nothing to undo has none.
        input.noop === true && input.outcome === "success" ? settleNoop(saga, input) : unchanged(saga),
      );
    case "timer":
      return after(definition, state, undefined, (saga) =>
        input.timer.kind === "deadline" ? passDeadline(saga) : unchanged(saga),
      );
    case "unhandled":
      return after(definition, state, undefined, (saga) => markUnhandled(saga, input, input.error));
    default:
      // Nothing is sent from here that could be parked or be retried.
      return after(definition, state, undefined, unchanged);
  }
};

type Change = { readonly state: SagaState; readonly log: readonly SagaLogEntry[] };

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
    const timer = { kind: "deadline", step: "", direction: "forward", round: 0, attempt: 0 } as const;
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
    definition.trigger,
    data,
  );
  return { state: seen, log: isLate ? [{ what: "trigger-seen", detail: definition.trigger }, ...log] : log };
}

function watchedAnew(state: SagaState): SagaState {
  // What it is, follows from what has been seen.
  const anew: SagaState = { ...state, status: "running", deadlinePassed: false };
  return coursesOf(state).reduce((all, { course: { stuck: _, ...course }, step, direction }) => {
    return withCourse(all, { step, direction }, course);
  }, anew);
}

function see(state: SagaState, definition: SagaDefinition, event: string, data: JsonObject): Change {
  return meaningOf(definition, event).reduce<Change>(
    (change, { step, direction, as }) => {
      const course = change.state.steps[step]?.[direction];
      const next = courseAfter(course, as, data, change.state.deadlinePassed);
      if (next === course) return change;
      const changed = withCourse(change.state, { step, direction }, next);
      const what = as === "begun" ? "step-begun" : `step-${as}`;
      const failed = as === "failed" && changed.failure === undefined;
      return {
        state: failed ? { ...changed, failure: { step, reason: reasonOf(data, event) } } : changed,
        log: [...change.log, { what, step, direction, detail: event }],
      };
    },
    { state, log: [] },
  );
}

/** An outcome is final; a beginning that is seen after it says nothing new. */
function courseAfter(course: Course | undefined, as: Meaning, data: JsonObject, isLate: boolean): Course {
  if (course !== undefined && (as === "begun" || course.status === "succeeded" || course.status === "failed"))
    return course;
  if (as === "begun") return { status: "waiting", round: 1, attempt: 1, ...(isLate && { stuck: "unknown" }) };
  return { status: as, round: 1, attempt: 1, reply: data };
}

/** From a compensation that had nothing to undo on, its forward is refused: nobody waits for it any more. */
function settleNoop(state: SagaState, { step, direction }: Stage): Change {
  if (direction !== "compensation" || state.steps[step]?.compensation?.status === "succeeded") return unchanged(state);
  const settled = withCourse(state, { step, direction }, { status: "succeeded", round: 1, attempt: 1, noop: true });
  const forward = settled.steps[step]?.forward;
  const isOpen = forward === undefined || forward.status === "waiting";
  return {
    state: isOpen
      ? withCourse(settled, { step, direction: "forward" }, { status: "unknown", round: 1, attempt: 1 })
      : settled,
    log: [{ what: "nothing-to-undo", step, direction }],
  };
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
  const isOpen = mayBegin || courses.length === 0 || courses.some(({ course }) => course.status === "waiting");
  const status = isOpen ? (isUndone ? "compensating" : "running") : isUndone ? "compensated" : "completed";
  return status === state.status ? state : { ...state, status };
}

/** A trigger's data holds the key, so it is never empty. */
function isTriggered({ trigger }: SagaState): boolean {
  return Object.keys(trigger).length > 0;
}

function reasonOf(data: JsonObject, event: string): string {
  return typeof data.reason === "string" ? data.reason : `${event} has happened`;
}

function unchanged(state: SagaState): Change {
  return { state, log: [] };
}

function asEffect(entry: SagaLogEntry): SagaEffect {
  return { type: "log", entry };
}
