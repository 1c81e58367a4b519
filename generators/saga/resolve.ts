import { EdaError } from "../_system/errors.ts";
import { kebab } from "../_system/names.ts";
import type { System } from "../_system/system.ts";
import { type CommandOf, type EventOf, findCommand, findEvent, refOf } from "./catalogue.ts";
import { chained } from "./choreography.ts";
import { deadlineFor } from "./deadline.ts";
import type { DraftStep, SagaDraft } from "./draft.ts";
import type { Source } from "./inputs.ts";
import { commandFor, compensationOf, replies, triggerSource } from "./resolve-step.ts";
import { type CommandAnswer, type GroupAnswer, type Kind, type StepAnswer, stepsIn } from "./step-answers.ts";

/** What a saga is made of, before anything is looked up. */
export interface SagaOutline {
  readonly name: string;
  readonly style: SagaDraft["style"];
  readonly service: string;
  /** `orders.OrderPlaced`. */
  readonly trigger: string;
  readonly groups: readonly GroupAnswer[];
  readonly completed?: CommandAnswer;
  readonly compensated?: CommandAnswer;
  readonly deadline?: string;
}

/**
 * Looks everything up in the system: replies from the command's `emits` (success first), the compensation from the
 * command that `undoes` it, inputs by name and type. Throws an `EdaError` for the first thing that cannot be found.
 */
export function resolveSaga(outline: SagaOutline, system: System): SagaDraft {
  const { name, style, service, completed, compensated } = outline;
  const trigger = findEvent(system, outline.trigger);
  if (style === "choreography" && (completed ?? compensated)) {
    throw new EdaError("A choreography ends with its last event: nobody is there to send a closing command", {
      hint: "Leave the completed and compensated commands out, or choose --style orchestration",
    });
  }
  const groups =
    style === "choreography" ? chained(outline.groups, trigger, system) : inOrder(outline.groups, trigger, system);
  const sources = [triggerSource(trigger), ...groups.toReversed().flatMap((group) => replies(group, system))];
  return {
    name,
    style,
    service,
    trigger: refOf(trigger),
    key: `$.trigger.${trigger.service.key}`,
    deadline: outline.deadline ?? deadlineFor(groups),
    groups,
    ...(completed && { completed: commandFor(completed, sources, system) }),
    ...(compensated && { compensated: commandFor(compensated, [failure, triggerSource(trigger)], system) }),
  };
}

/** Why a saga is compensated: readable in its last command only. */
const failure: Source = {
  path: "$.failure",
  fields: [{ name: "reason", type: { kind: "scalar", name: "string" } }],
  types: [],
};

function inOrder(answers: readonly GroupAnswer[], trigger: EventOf, system: System): readonly (readonly DraftStep[])[] {
  const groups: (readonly DraftStep[])[] = [];
  let sources: readonly Source[] = [triggerSource(trigger)];
  let isPast = false;
  for (const answer of answers) {
    const steps = "parallel" in answer ? answer.parallel : [answer];
    const usual: Kind = isPast ? "retriable" : "compensatable";
    const group: readonly DraftStep[] = steps.map((step) =>
      draftStep(step, { usual, sources, taken: idsIn(groups) }, system),
    );
    isPast ||= group.some(({ kind }) => kind !== "compensatable");
    groups.push(group);
    sources = [sources[0]!, ...replies(group, system), ...sources.slice(1)];
  }
  return groups;
}

interface Position {
  /** The kind of a step that says none: after the point of no return it can only be retried. */
  readonly usual: Kind;
  readonly sources: readonly Source[];
  readonly taken: ReadonlySet<string>;
}

function draftStep(answer: StepAnswer, { usual, sources, taken }: Position, system: System): DraftStep {
  const of = findCommand(system, answer.command);
  const kind = answer.kind ?? usual;
  const compensation = compensationOf(answer, of, kind, system);
  return {
    id: answer.id ?? freeId(of, taken),
    kind,
    ...commandFor(answer, sources, system),
    ...(compensation !== undefined && {
      compensation: "none" in compensation ? compensation : commandFor(compensation, sources, system),
    }),
  };
}

function idsIn(groups: readonly (readonly DraftStep[])[]): ReadonlySet<string> {
  return new Set(groups.flat().map(({ id }) => id));
}

/** `reserve-stock`; with its service in front where that is taken, or is the name of an ending. */
function freeId({ service, command }: CommandOf, taken: ReadonlySet<string>): string {
  const id = kebab(command.name);
  return taken.has(id) || id === "completed" || id === "compensated" ? `${service.name}-${id}` : id;
}

/** Every command that an outline names. */
export function commandsNamed({
  groups,
  completed,
  compensated,
}: Pick<SagaOutline, "groups" | "completed" | "compensated">) {
  const steps = stepsIn(groups).flatMap(({ command, compensation }) =>
    typeof compensation === "object" ? [command, compensation.command] : [command],
  );
  return [...steps, ...[completed, compensated].flatMap((ending) => (ending ? [ending.command] : []))];
}
