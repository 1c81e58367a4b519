import { commandsOf as commandsOfFlow } from "../_system/flows.ts";
import type { System } from "../_system/system.ts";
import { type CommandOf, commandsOf, type EventOf, eventsOf, findEvent, refOf, undoing } from "./catalogue.ts";
import { mapInputs, type Source } from "./inputs.ts";
import { triggerSource } from "./resolve-step.ts";
import type { CommandAnswer, Kind, StepAnswer } from "./step-answers.ts";

/** A saga as the manifest suggests it. */
export interface Flow {
  readonly trigger: string;
  readonly steps: readonly StepAnswer[];
  readonly completed?: CommandAnswer;
  readonly compensated?: CommandAnswer;
  /** Commands that would have been steps, but for what is said of them. */
  readonly leftOut: readonly string[];
}

/**
 * Proposes a saga from the manifest's commands and events; undefined where none can be derived. The same manifest
 * gives the same proposal, whatever the order in which it is written:
 *
 * - The trigger is an event with which a request from outside succeeds (the first that a command with an HTTP route
 *   emits, of one that undoes nothing and that no saga sends): of several, the one from which most steps follow; else
 *   the first by name.
 * - Steps are other services' commands that no saga sends yet and that have no HTTP route, or that another command
 *   undoes; they emit something, undo nothing and find all their fields in the trigger or in replies before them.
 *   First come those that another command undoes, external ones last; then one that nothing undoes and that can fail,
 *   as the pivot: without such a one, and with two steps or more, the last of the undoable is it. Then, to be retried,
 *   those that nothing undoes and that cannot fail. By service and name within each.
 * - At the end the trigger's service is told: by the command that undoes the triggering one, or takes a `reason`, when
 *   the saga was compensated; by the only other command without an HTTP route when it was completed.
 */
export function deriveFlow(system: System, trigger?: string): Flow | undefined {
  const candidates = trigger === undefined ? beginnings(system) : [findEvent(system, trigger)];
  let best: Flow | undefined;
  for (const candidate of candidates) {
    const flow = flowFrom(candidate, system);
    if (flow.steps.length > (best?.steps.length ?? 0)) best = flow;
  }
  return best;
}

/** Events with which requests from outside succeed, by name. */
export function beginnings(system: System): readonly EventOf[] {
  const first = new Set(
    commandsOf(system)
      .filter((of) => of.command.http && of.command.undoes === undefined && !isSent(of, system))
      .map(({ service, command }) => `${service.name}.${command.emits[0]}`),
  );
  return eventsOf(system).filter((event) => first.has(refOf(event)));
}

/** Whether a saga sends it already: it is then neither a request from outside nor waiting for somebody to send it. */
function isSent(of: CommandOf, { sagas }: System): boolean {
  return sagas.some(({ flow }) => flow && commandsOfFlow(flow).includes(refOf(of)));
}

function flowFrom(trigger: EventOf, system: System): Flow {
  const others = commandsOf(system).filter(
    (of) =>
      of.service.name !== trigger.service.name &&
      of.command.emits.length > 0 &&
      of.command.undoes === undefined &&
      !isSent(of, system),
  );
  const undoable = others.filter((each) => undoing(each) !== undefined);
  const inOrder = [
    ...undoable.filter(({ command }) => !command.external),
    ...undoable.filter(({ command }) => command.external),
  ];
  const final = others.filter((each) => undoing(each) === undefined && !each.command.http);
  const risky = final.filter(({ command }) => command.emits.length > 1);
  const sources: Source[] = [triggerSource(trigger)];
  const steps: { readonly of: CommandOf; readonly kind: Kind }[] = [];
  const leftOut: string[] = [];
  const take = (of: CommandOf, kind: Kind) => {
    if (!isFilled(of, sources)) return;
    const undo = kind === "compensatable" ? undoing(of) : undefined;
    if (undo && !isFilled(undo, sources)) return;
    steps.push({ of, kind });
    const event = of.service.events.find(({ name }) => name === of.command.emits[0]);
    if (event) sources.push({ path: "", fields: event.fields, types: of.service.types });
  };
  for (const of of inOrder) take(of, "compensatable");
  for (const of of risky) {
    if (steps.some(({ kind }) => kind === "pivot")) {
      if (isFilled(of, sources)) leftOut.push(`${refOf(of)} can fail and nothing undoes it: a saga has one pivot`);
    } else take(of, "pivot");
  }
  const last = steps.at(-1);
  if (last?.kind === "compensatable" && steps.length > 1) steps[steps.length - 1] = { ...last, kind: "pivot" };
  for (const of of final) if (of.command.emits.length === 1) take(of, "retriable");
  return {
    trigger: refOf(trigger),
    steps: steps.map(({ of, kind }) => ({ command: refOf(of), kind })),
    ...endingsOf(trigger, sources),
    leftOut,
  };
}

function endingsOf(trigger: EventOf, sources: readonly Source[]): Pick<Flow, "completed" | "compensated"> {
  const { service } = trigger;
  const begun = service.commands.filter(({ emits }) => emits[0] === trigger.event.name).map(({ name }) => name);
  const closing = service.commands
    .filter(
      ({ name, emits, http, undoes }) => (!http || undoes !== undefined) && emits.length > 0 && !begun.includes(name),
    )
    .map((command): CommandOf => ({ service, command }));
  const reason: Source = {
    path: "",
    fields: [{ name: "reason", type: { kind: "scalar", name: "string" } }],
    types: [],
  };
  const compensated =
    closing.find(({ command }) => command.undoes !== undefined && begun.includes(command.undoes)) ??
    only(closing.filter(({ command }) => command.fields.some(({ name }) => name === "reason")));
  const completed = only(
    closing.filter(({ command }) => command !== compensated?.command && command.undoes === undefined),
  );
  return {
    ...(completed && isFilled(completed, sources) && { completed: { command: refOf(completed) } }),
    ...(compensated &&
      isFilled(compensated, [reason, sources[0]!]) && { compensated: { command: refOf(compensated) } }),
  };
}

function isFilled(of: CommandOf, sources: readonly Source[]): boolean {
  return mapInputs(of, {}, sources).missing.length === 0;
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}
