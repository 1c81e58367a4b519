import { courseOf } from "./course.ts";
import type { SagaDefinition } from "./definition.ts";
import { stepsOf } from "./stages.ts";
import type { SagaState } from "./transition.ts";

/**
 * R16: whether a deadline or an unknown outcome only waits from now on. The point is the intent of a pivot that has no
 * compensation, the recorded success of one that has; without a pivot the intent of the first retriable step; without
 * either the intent of `completed`, or the end where there is none.
 */
export function pastPointOfNoReturn(definition: SagaDefinition, state: SagaState): boolean {
  const forward = (step: string) => courseOf(state, { step, direction: "forward" });
  const steps = stepsOf(definition);
  const pivot = steps.find(({ kind }) => kind === "pivot");
  if (pivot !== undefined) {
    const course = forward(pivot.id);
    // A pivot that has failed turned the saga back itself.
    if (course?.status === "failed") return false;
    return pivot.compensation === undefined ? course !== undefined : course?.status === "succeeded";
  }
  const retriable = steps.filter(({ kind }) => kind === "retriable");
  if (retriable.length > 0) return retriable.some(({ id }) => forward(id) !== undefined);
  if (definition.completed !== undefined) return forward("completed") !== undefined;
  return state.status === "completed" || state.status === "completed-with-exceptions";
}
