import type { JsonObject, SagaCommand, SagaDefinition } from "../definition.ts";
import { within } from "../input.ts";
import { stepsOf } from "../stages.ts";
import type { Stage } from "../transition.ts";

/**
 * Paths into a step's answer that another command is filled in from and `data` has nothing at: `$.steps.pay.paymentId`.
 * A command that lacks a field is refused by its participant for good, and the step that should have given it has
 * settled by then.
 */
export function missingFields(definition: SagaDefinition, stage: Stage, data: JsonObject): readonly string[] {
  // A compensation's answer is read by nobody.
  if (stage.direction === "compensation") return [];
  const missing = commandsOf(definition)
    .flatMap(({ input }) => Object.values(input))
    .flatMap((value) => {
      if (!("path" in value) || value.path.from !== "step" || value.path.step !== stage.step) return [];
      const { at } = value.path;
      return within(data, at) !== undefined ? [] : [["$.steps", stage.step, ...at].join(".")];
    });
  return [...new Set(missing)];
}

function commandsOf(definition: SagaDefinition): readonly SagaCommand[] {
  const { completed, compensated } = definition;
  const steps = stepsOf(definition).flatMap((step) => [step, step.compensation]);
  return [...steps, completed, compensated].filter((command) => command !== undefined);
}
