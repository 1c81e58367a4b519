import { compensationPlan } from "./compensation.ts";
import { courseOf, isCourseStuck, nameOf } from "./course.ts";
import { isOver } from "./decide.ts";
import type { SagaDefinition } from "./definition.ts";
import { commandOf, stepsOf } from "./stages.ts";
import type { Course, SagaState, Stage } from "./transition.ts";

export type OpenStage = Stage & { readonly course: Course };

/** What has not begun, in the order in which it would, and what it waits for. */
export function pendingStages(
  definition: SagaDefinition,
  state: SagaState,
  open: readonly OpenStage[],
): readonly (Stage & { readonly why: string })[] {
  if (isOver(state)) return [];
  const { style } = definition;
  const ahead = style === "orchestration" ? stagesAhead(definition, state) : choreographedAhead(definition, state);
  const openNames = open.map((stage) => `${nameOf(stage)}${isCourseStuck(stage.course) ? ", which is stuck" : ""}`);
  return ahead
    .filter((stage) => courseOf(state, stage) === undefined)
    .map((stage) => {
      const awaited = style === "orchestration" ? openNames.join(" and ") : commandOf(definition, stage)?.on;
      return { ...stage, why: `waits for ${awaited}` };
    });
}

function stagesAhead(definition: SagaDefinition, state: SagaState): readonly Stage[] {
  const [ahead, ending] =
    state.status === "running"
      ? [definition.groups.slice(state.group + 1).flatMap((group) => group.map(({ id }) => forward(id))), "completed"]
      : [compensationPlan(definition, state).map(({ id }) => backward(id)), "compensated"];
  return commandOf(definition, forward(ending)) === undefined ? ahead : [...ahead, forward(ending)];
}

/** Nobody leads: each step may still begin, and once one has failed, what undoes those that have succeeded. */
function choreographedAhead(definition: SagaDefinition, state: SagaState): readonly Stage[] {
  const steps = stepsOf(definition);
  if (state.status === "running") return steps.map(({ id }) => forward(id));
  return steps
    .filter(
      ({ id, compensation }) => compensation !== undefined && courseOf(state, forward(id))?.status === "succeeded",
    )
    .map(({ id }) => backward(id))
    .reverse();
}

const forward = (step: string): Stage => ({ step, direction: "forward" });
const backward = (step: string): Stage => ({ step, direction: "compensation" });
