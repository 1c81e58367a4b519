import { EdaError } from "../_system/errors.ts";
import type { System } from "../_system/system.ts";
import { type CommandOf, commandsOf, eventsOf, refOf, undoing } from "./catalogue.ts";
import { beginnings, deriveFlow } from "./derive-flow.ts";
import { mapInputs } from "./inputs.ts";
import type { SagaOutline } from "./resolve.ts";
import { triggerSource } from "./resolve-step.ts";
import type { CommandAnswer, GroupAnswer } from "./step-answers.ts";

export interface SagaAnswers {
  readonly name: string;
  readonly style: SagaOutline["style"];
  readonly trigger?: string;
  readonly service?: string;
  readonly steps?: readonly GroupAnswer[];
  readonly completed?: CommandAnswer;
  readonly compensated?: CommandAnswer;
  readonly deadline?: string;
}

/** What was answered, with what the manifest suggests for the rest. Throws an `EdaError` where it suggests nothing. */
export function outlineOf(answers: SagaAnswers, system: System): SagaOutline {
  const { name, style, deadline } = answers;
  const isAnswered = answers.trigger !== undefined && answers.steps !== undefined;
  const flow = isAnswered ? undefined : deriveFlow(system, answers.trigger);
  const trigger = answers.trigger ?? flow?.trigger;
  const groups = answers.steps?.length ? answers.steps : (flow?.steps ?? []);
  if (trigger === undefined || groups.length === 0) throw nothingToDerive(answers, system);
  const isLed = style === "orchestration";
  const completed = answers.completed ?? (isLed ? flow?.completed : undefined);
  const compensated = answers.compensated ?? (isLed ? flow?.compensated : undefined);
  return {
    name,
    style,
    trigger,
    service: answers.service ?? trigger.slice(0, trigger.indexOf(".")),
    groups,
    ...(completed && { completed }),
    ...(compensated && { compensated }),
    ...(deadline !== undefined && { deadline }),
  };
}

/** Says why there is no proposal, and how to type a saga for this very system. */
function nothingToDerive({ name, trigger: wanted }: SagaAnswers, system: System): EdaError {
  const events = beginnings(system).length > 0 ? beginnings(system) : eventsOf(system);
  const trigger = events.find((event) => refOf(event) === wanted) ?? events[0];
  const others = commandsOf(system).filter(
    ({ service, command }) => command.undoes === undefined && service.name !== trigger?.service.name,
  );
  const able = others.filter(({ command }) => command.emits.length > 0);
  const steps = (able.length > 0 ? able : others).slice(0, 3);
  const typed = steps.length > 0 ? exampleSteps(steps) : "service.Command,service.Command:pivot";
  const lacking = able
    .map((of) => ({ of, missing: trigger ? mapInputs(of, {}, [triggerSource(trigger)]).missing : [] }))
    .find(({ missing }) => missing.length > 0);
  const why = lacking
    ? `: ${refOf(lacking.of)} wants ${lacking.missing[0]!.name}, which ${trigger ? refOf(trigger) : "no event"} does not carry`
    : able.length === 0
      ? ": no other service has a command that emits an event"
      : "";
  return new EdaError(`No saga can be derived from the commands and events of ${system.name}${why}`, {
    hint: `Say what it does: eda add saga ${name} --trigger ${trigger ? refOf(trigger) : "service.Event"} --steps ${typed}`,
  });
}

/** Steps in an order that the format allows: what can be undone, the pivot, what is retried. */
function exampleSteps(commands: readonly CommandOf[]): string {
  const undoable = commands.filter((of) => undoing(of) !== undefined);
  const final = commands.filter((of) => undoing(of) === undefined);
  return [...undoable.map(refOf), ...final.map((of, at) => `${refOf(of)}:${at === 0 ? "pivot" : "retriable"}`)].join(
    ",",
  );
}
