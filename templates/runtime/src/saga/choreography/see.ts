import { isOpen, withCourse } from "../course.ts";
import type { JsonObject, SagaDefinition } from "../definition.ts";
import { mayFail } from "../stages.ts";
import type { Course, SagaLogEntry, SagaState, Stage } from "../transition.ts";
import type { Meaning, MeantStage } from "./meaning.ts";

export type Change = { readonly state: SagaState; readonly log: readonly SagaLogEntry[] };

/** What `event` means, in the order given. */
export function see(
  state: SagaState,
  definition: SagaDefinition,
  meanings: readonly MeantStage[],
  { event, data }: { readonly event: string; readonly data: JsonObject },
): Change {
  return meanings.reduce<Change>(
    (change, { step, direction, as }) => {
      const course = change.state.steps[step]?.[direction];
      const isFinal = !mayFail(definition, { step, direction });
      const next = courseAfter(course, as, data, isFinal, change.state.deadlinePassed);
      if (next === course) return change;
      const changed = withCourse(change.state, { step, direction }, next);
      const what = as === "begun" ? "step-begun" : `step-${as}`;
      const failed = as === "failed" && !isFinal && changed.failure === undefined;
      return {
        state: failed ? { ...changed, failure: { step, reason: reasonOf(data, event) } } : changed,
        log: [...change.log, { what, step, direction, detail: event }],
      };
    },
    { state, log: [] },
  );
}

/**
 * An outcome is final, but for a refusal where none may be (R6): that is stuck until a success is seen after all. A
 * beginning that is seen after an outcome says nothing new.
 *
 * @param isFinal whether nothing follows from a refusal of the stage
 * @param isLate whether the deadline has passed
 */
function courseAfter(
  course: Course | undefined,
  as: Meaning,
  data: JsonObject,
  isFinal: boolean,
  isLate: boolean,
): Course {
  if (course !== undefined && (as === "begun" || course.status === "succeeded")) return course;
  if (course?.status === "failed" && !(as === "succeeded" && isOpen(course))) return course;
  if (as === "begun") return { status: "waiting", round: 1, attempt: 1, ...(isLate && { stuck: "unknown" }) };
  return { status: as, round: 1, attempt: 1, reply: data, ...(as === "failed" && isFinal && { stuck: "failure" }) };
}

/** From a compensation that had nothing to undo on, its forward is refused: nobody waits for it any more. */
export function settleNoop(state: SagaState, { step, direction }: Stage): Change {
  if (direction !== "compensation" || state.steps[step]?.compensation?.status === "succeeded") return unchanged(state);
  const settled = withCourse(state, { step, direction }, { status: "succeeded", round: 1, attempt: 1, noop: true });
  const forward = settled.steps[step]?.forward;
  const waits = forward === undefined || forward.status === "waiting";
  return {
    state: waits
      ? withCourse(settled, { step, direction: "forward" }, { status: "unknown", round: 1, attempt: 1 })
      : settled,
    log: [{ what: "nothing-to-undo", step, direction }],
  };
}

function reasonOf(data: JsonObject, event: string): string {
  return typeof data.reason === "string" ? data.reason : `${event} has happened`;
}

export function unchanged(state: SagaState): Change {
  return { state, log: [] };
}
