import type { Violation } from "../../aggregate/contracts.ts";
import type { JsonObject, SagaCommand, SagaDefinition } from "../definition.ts";
import { within } from "../input.ts";
import { commandOf, stepsOf } from "../stages.ts";
import type { Stage } from "../transition.ts";

/** What is wrong with an event's data; undefined also where its contract is not known. */
export type JudgeEvent = (event: string, data: JsonObject) => Violation | undefined;

/**
 * Why a stage cannot be completed with that data, as a sentence. It stands for the event that the stage would have ended
 * with, so that it has to be what that would have said. Without any data only what others read is missed.
 */
export function faultOfCompletion(
  definition: SagaDefinition,
  stage: Stage,
  data: JsonObject | undefined,
  judge: JudgeEvent,
): string | undefined {
  const success = commandOf(definition, stage)?.success;
  const violation = data === undefined || success === undefined ? undefined : judge(success, data);
  if (violation !== undefined)
    return `the data must be what ${success} would have said: ${violation.pointer} ${violation.detail}`;
  const missing = missingFields(definition, stage, data ?? {});
  if (missing.length === 0) return undefined;
  return `the data must give ${missing.join(", ")}: what comes later is filled in from there`;
}

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
