import type { System } from "../_system/system.ts";
import type { SagaOutline } from "./resolve.ts";
import type { GroupAnswer, StepAnswer } from "./step-answers.ts";

/** A saga that is there, in the terms of answers: what its questions have as their defaults. */
export function knownSaga(name: string | undefined, system: System | undefined): SagaOutline | undefined {
  const entry = system?.sagas.find((saga) => saga.name === name);
  if (!entry?.flow) return undefined;
  const { style, trigger, groups, completed, compensated } = entry.flow;
  return {
    name: entry.name,
    style,
    trigger,
    service: entry.service,
    groups: groups.map((group): GroupAnswer => {
      const steps = group.map(
        ({ id, command, compensation }): StepAnswer => ({
          id,
          command,
          ...(compensation && { compensation: { command: compensation.command } }),
        }),
      );
      return steps.length === 1 ? steps[0]! : { parallel: steps };
    }),
    ...(completed && { completed: { command: completed.command } }),
    ...(compensated && { compensated: { command: compensated.command } }),
  };
}
