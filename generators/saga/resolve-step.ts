import { EdaError } from "../_system/errors.ts";
import type { System } from "../_system/system.ts";
import { type CommandOf, type EventOf, findCommand, findEvent, ownEvent, refOf, undoing } from "./catalogue.ts";
import type { DraftCommand, DraftStep } from "./draft.ts";
import { inputsOf, type Source } from "./inputs.ts";
import type { CommandAnswer, Kind, StepAnswer } from "./step-answers.ts";

/** A command with its replies and inputs. */
export function commandFor(answer: CommandAnswer, sources: readonly Source[], system: System): DraftCommand {
  const of = findCommand(system, answer.command);
  const { timeout, retry, on } = answer;
  const { success, failure } = repliesOf(of, answer);
  return {
    command: refOf(of),
    input: inputsOf(of, answer.input ?? {}, sources),
    success,
    ...(failure !== undefined && { failure }),
    ...(timeout !== undefined && { timeout }),
    ...(retry !== undefined && { retry }),
    ...(on !== undefined && { on }),
  };
}

/** Of a command's `emits` the first is its success, the second its business failure. */
export function repliesOf(of: CommandOf, given: Pick<CommandAnswer, "success" | "failure"> = {}) {
  const { service, command } = of;
  const success = given.success ?? command.emits[0];
  if (success === undefined) {
    throw new EdaError(`${refOf(of)} emits no event, so no saga could ever learn that it was done`, {
      hint: `Write emits: [${command.name}Done] at ${command.name}, and the event itself, in eda.yaml`,
    });
  }
  const other = given.failure ?? command.emits.find((event, at) => at > 0 && event !== success);
  const ref = (event: string) => `${service.name}.${ownEvent(service, event)}`;
  return { success: ref(success), ...(other !== undefined && { failure: ref(other) }) };
}

/** What takes a step back: as said, else the command that undoes it. Undefined where a step needs none. */
export function compensationOf(
  { compensation, reason }: StepAnswer,
  of: CommandOf,
  kind: Kind,
  system: System,
): CommandAnswer | { readonly none: string } | undefined {
  const step = refOf(of);
  if (kind === "retriable") {
    if (compensation === undefined || compensation === "none") return undefined;
    throw new EdaError(`${step} is retriable, and what is retried until it succeeds has no compensation`, {
      hint: "Leave its compensation out, or make it compensatable or the pivot",
    });
  }
  if (compensation === "none") {
    if (reason !== undefined) return { none: reason };
    throw new EdaError(`${step} has no compensation, and does not say why`, {
      hint: `Write { command: ${step}, compensation: none, reason: changes nothing }`,
    });
  }
  if (compensation !== undefined) {
    const { service } = findCommand(system, compensation.command);
    if (service.name === of.service.name) return compensation;
    throw new EdaError(
      `${compensation.command} cannot take back ${step}: only ${of.service.name} knows what came of it`,
      {
        hint: `Choose a command of ${of.service.name}`,
      },
    );
  }
  const own = undoing(of);
  if (own !== undefined) return { command: refOf(own) };
  if (kind === "pivot") return undefined;
  throw new EdaError(`Nothing takes back ${step}, which is compensatable`, {
    hint:
      `Write undoes: ${of.command.name} at the command of ${of.service.name} that does, in eda.yaml; or say ${step}:pivot or ${step}:retriable; ` +
      `or, in an answers file, steps: [{ command: ${step}, compensation: none, reason: changes nothing }]`,
  });
}

export function triggerSource({ service, event }: EventOf): Source {
  return { path: "$.trigger", fields: event.fields, types: service.types, key: service.key };
}

/** What the success replies of a group's steps carry. */
export function replies(group: readonly DraftStep[], system: System): readonly Source[] {
  return group.map(({ id, success }) => {
    const { service, event } = findEvent(system, success);
    return { path: `$.steps.${id}`, fields: event.fields, types: service.types };
  });
}
