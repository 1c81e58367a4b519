import { EdaError } from "../_system/errors.ts";
import { kebab } from "../_system/names.ts";
import type { System } from "../_system/system.ts";
import { type EventOf, findCommand, findEvent, refOf } from "./catalogue.ts";
import type { DraftStep } from "./draft.ts";
import type { Source } from "./inputs.ts";
import { commandFor, compensationOf, repliesOf } from "./resolve-step.ts";
import type { GroupAnswer, Kind, StepAnswer } from "./step-answers.ts";

/**
 * Steps without an orchestrator: each starts at the success of the one before, in its own service, and reads nothing but
 * the event at which it starts. What is to be taken back is so at the failure of the step after, or once that one has
 * been taken back itself; a step that would have to listen to both needs an orchestrator.
 */
export function chained(
  answers: readonly GroupAnswer[],
  trigger: EventOf,
  system: System,
): readonly (readonly DraftStep[])[] {
  const links = answers.map((answer): StepAnswer => {
    if (!("parallel" in answer)) return answer;
    throw new EdaError("A choreography has no parallel groups: steps that start at one event run side by side", {
      hint: "Write the members as steps of their own, each with its on: service.Event",
    });
  });
  const kinds = kindsOf(links);
  const steps: DraftStep[] = [];
  let before = refOf(trigger);
  for (const [at, link] of links.entries()) {
    const of = findCommand(system, link.command);
    const on = link.on ?? before;
    const { success, failure } = repliesOf(of, link);
    const draft = {
      id: link.id ?? kebab(of.command.name),
      kind: kinds[at]!,
      on,
      ...commandFor({ ...link, on }, [starting(on, system)], system),
    };
    steps.push({ ...draft, success, ...(failure !== undefined && { failure }) });
    before = success;
  }
  return withUndoing(steps, links, system).map((step) => [step]);
}

function withUndoing(steps: readonly DraftStep[], links: readonly StepAnswer[], system: System): readonly DraftStep[] {
  const done: DraftStep[] = [];
  /** Events after which the step before has to be taken back. */
  let signals: readonly string[] = [];
  for (const [at, step] of [...steps.entries()].reverse()) {
    const answer = compensationOf(links[at]!, findCommand(system, step.command), step.kind, system);
    const compensation = answer && ("none" in answer ? answer : undone(step, answer, signals, system));
    done.unshift({ ...step, ...(compensation && { compensation }) });
    const passed = compensation && "success" in compensation ? [compensation.success] : signals;
    signals = [...passed, ...(step.failure === undefined ? [] : [step.failure])];
  }
  return done;
}

function undone(step: DraftStep, answer: Parameters<typeof commandFor>[0], signals: readonly string[], system: System) {
  const on = answer.on ?? signals[0];
  if (on === undefined) {
    if (step.kind === "pivot") return undefined;
    throw new EdaError(`Nothing after ${step.command} can fail, so nothing would start its compensation`, {
      hint: `Say ${step.command}:retriable, or name the event: compensation: { command: ${answer.command}, on: service.Event }`,
    });
  }
  if (answer.on === undefined && signals.length > 1) {
    throw new EdaError(
      `${step.command} would have to be taken back after ${signals.join(" and after ")}: a choreography's compensation starts at one event`,
      {
        hint: "Choose --style orchestration, or fewer steps that can fail",
      },
    );
  }
  return commandFor({ ...answer, on }, [starting(on, system)], system);
}

function kindsOf(links: readonly StepAnswer[]): readonly Kind[] {
  let isPast = false;
  return links.map(({ kind }) => {
    const own = kind ?? (isPast ? "retriable" : "compensatable");
    isPast ||= own !== "compensatable";
    return own;
  });
}

function starting(on: string, system: System): Source {
  const { service, event } = findEvent(system, on);
  return { path: "$.on", fields: event.fields, types: service.types, key: service.key };
}
