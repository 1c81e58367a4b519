import { endings, type SagaCommand, type SagaDefinition, type SagaStep } from "./definition.ts";
import type { Stage } from "./transition.ts";

/** The step of a definition with that id; an ending is none. */
export function stepOf(definition: SagaDefinition, id: string): SagaStep | undefined {
  for (const group of definition.groups) {
    for (const step of group) if (step.id === id) return step;
  }
  return undefined;
}

/** The command that a stage sends; undefined where the definition has none. */
export function commandOf(definition: SagaDefinition, { step, direction }: Stage): SagaCommand | undefined {
  const ending = endings.find((name) => name === step);
  if (ending !== undefined) return direction === "forward" ? definition[ending] : undefined;
  const found = stepOf(definition, step);
  return direction === "forward" ? found : found?.compensation;
}

/** R3: whether a stage that is given up on can be compensated; one that cannot is stuck instead (R6). */
export function canBeUndone(definition: SagaDefinition, { step, direction }: Stage): boolean {
  if (direction === "compensation") return false;
  const found = stepOf(definition, step);
  return found?.kind === "compensatable" || (found?.kind === "pivot" && found.compensation !== undefined);
}

/** R6: a business failure of these means that the steps before are compensated; of any other stage that it is stuck. */
export function mayFail(definition: SagaDefinition, { step, direction }: Stage): boolean {
  if (direction === "compensation") return false;
  const kind = stepOf(definition, step)?.kind;
  return kind === "compensatable" || kind === "pivot";
}

/** The steps of all groups, in order of definition. */
export function stepsOf(definition: SagaDefinition): readonly SagaStep[] {
  return definition.groups.flat();
}
