import type { SagaDefinition, SagaDirection, SagaStep } from "../definition.ts";
import type { Stage } from "../transition.ts";

/** The stages that an event begins or settles, and how. */
export function meaningOf(definition: SagaDefinition, event: string): readonly MeantStage[] {
  return stagesOf(definition).flatMap(({ step, direction, on, success, failure }) => [
    ...(on === event ? [{ step, direction, as: "begun" as const }] : []),
    ...(success === event ? [{ step, direction, as: "succeeded" as const }] : []),
    ...(failure === event ? [{ step, direction, as: "failed" as const }] : []),
  ]);
}

export type MeantStage = Stage & { readonly as: Meaning };

export type Meaning = "begun" | "succeeded" | "failed";

function stagesOf({ groups }: SagaDefinition) {
  return groups
    .flat()
    .flatMap((step: SagaStep) => [
      stageOf(step.id, "forward", step),
      ...(step.compensation === undefined ? [] : [stageOf(step.id, "compensation", step.compensation)]),
    ]);
}

function stageOf(
  step: string,
  direction: SagaDirection,
  { on, success, failure }: { readonly on?: string; readonly success: string; readonly failure?: string },
) {
  return { step, direction, on, success, failure };
}
