import type { Asker } from "../_command/ask.ts";
import { EdaError } from "../_system/errors.ts";
import { printFieldType } from "../_system/field-types.ts";
import type { Field, System } from "../_system/system.ts";
import { type CommandOf, commandsOf, eventsOf, findCommand, findEvent, refOf, undoing } from "./catalogue.ts";
import { beginnings, deriveFlow } from "./derive-flow.ts";
import { mapInputs, type Source } from "./inputs.ts";
import { knownSaga } from "./known-saga.ts";
import type { SagaAnswers } from "./outline.ts";
import { triggerSource } from "./resolve-step.ts";
import { type CommandAnswer, type Kind, kinds, printSteps, type StepAnswer } from "./step-answers.ts";

/** Asks at which event the saga starts. */
export function triggerInterview(asker: Asker, { name }: Partial<SagaAnswers>, system: System | undefined) {
  if (!system) return Promise.resolve("");
  return choose(asker, {
    key: "trigger",
    message: "Which event starts it?",
    values: eventsOf(system).map(refOf),
    otherwise: knownSaga(name, system)?.trigger ?? deriveFlow(system)?.trigger ?? beginnings(system).map(refOf)[0],
  });
}

/** Asks for the steps one by one: command, replies, kind, compensation, and what no field before it could fill. */
export async function stepInterview(
  asker: Asker,
  { name, trigger, style }: Partial<SagaAnswers>,
  system: System | undefined,
): Promise<string> {
  if (!system || trigger === undefined) return "";
  const known = knownSaga(name, system)?.groups ?? [];
  const proposed = known.length > 0 ? [] : (deriveFlow(system, trigger)?.steps ?? []);
  const steps: StepAnswer[] = [];
  const sources: Source[] = [triggerSource(findEvent(system, trigger))];
  let isPast = false;
  for (;;) {
    const number = known.length + steps.length + 1;
    const command = await nextCommand(asker, number, proposed[steps.length]?.command, steps, trigger, system);
    if (command === undefined) break;
    const of = findCommand(system, command);
    const kind = await kindOf(asker, number, of, { isPast, proposed: proposed[steps.length]?.kind });
    isPast ||= kind !== "compensatable";
    // What starts at an event reads that event alone: its fields are looked up when the chain is known.
    const step = await stepOf(asker, number, of, kind, style === "choreography" ? undefined : sources);
    steps.push(step);
    const event = of.service.events.find(({ name: own }) => own === (step.success ?? of.command.emits[0]));
    if (event) sources.push({ path: `$.steps.${step.id ?? ""}`, fields: event.fields, types: of.service.types });
  }
  return printSteps([...known, ...steps]);
}

async function nextCommand(
  asker: Asker,
  number: number,
  proposed: string | undefined,
  steps: readonly StepAnswer[],
  trigger: string,
  system: System,
): Promise<string | undefined> {
  const taken = new Set(steps.map(({ command }) => command));
  // What emits the trigger would start the saga that sends it: refused at the end (EDA-S13), so not offered.
  const values = commandsOf(system)
    .filter(({ service, command }) => !command.emits.some((event) => `${service.name}.${event}` === trigger))
    .map(refOf)
    .filter((ref) => !taken.has(ref));
  const done = { value: "done", name: "no more steps" };
  const chosen = await choose(asker, {
    key: `step${number}`,
    message: `Step ${number}: which command?`,
    values,
    more: number > 1 ? [done] : [],
    otherwise: proposed ?? (number > 1 ? done.value : undefined),
  });
  return chosen === done.value ? undefined : chosen;
}

const meanings: Readonly<Record<Kind, string>> = {
  compensatable: "compensatable: another command takes it back",
  pivot: "pivot: the point of no return",
  retriable: "retriable: tried until it succeeds",
};

function kindOf(
  asker: Asker,
  number: number,
  of: CommandOf,
  { isPast, proposed }: { readonly isPast: boolean; readonly proposed: Kind | undefined },
): Promise<Kind> | Kind {
  // After the point of no return there is but one kind.
  if (isPast) return "retriable";
  const usual = proposed ?? (undoing(of) ? "compensatable" : "pivot");
  return asker.ask({
    key: `step${number}Kind`,
    message: `Step ${number}: what kind of step is ${refOf(of)}?`,
    default: usual,
    choices: kinds.map((value) => ({ value, name: meanings[value] })),
    check: () => undefined,
  }) as Promise<Kind>;
}

async function stepOf(
  asker: Asker,
  number: number,
  of: CommandOf,
  kind: Kind,
  sources: readonly Source[] | undefined,
): Promise<StepAnswer> {
  const key = `step${number}`;
  const replies = await repliesOf(asker, key, of);
  const input = sources && (await inputOf(asker, key, of, sources));
  const undo = kind === "retriable" ? undefined : await compensationOf(asker, key, of, kind, sources);
  return { command: refOf(of), kind, ...replies, ...(input && { input }), ...undo };
}

/** Asked where the command's `emits` leaves a choice. */
async function repliesOf(asker: Asker, key: string, { service, command }: CommandOf) {
  const events = command.emits.length > 0 ? command.emits : service.events.map(({ name }) => name);
  if (events.length === 0) {
    throw new EdaError(`${service.name}.${command.name} emits no event, and ${service.name} has none`, {
      hint: `Run \`eda add service ${service.name} --events ${command.name}Done\` first`,
    });
  }
  if (command.emits.length === 1) return { success: command.emits[0]! };
  const success = await choose(asker, {
    key: `${key}Success`,
    message: `Which event says that ${command.name} succeeded?`,
    values: events,
    otherwise: events[0],
  });
  const others = events.filter((event) => event !== success);
  const failure = await choose(asker, {
    key: `${key}Failure`,
    message: `Which event says that ${command.name} was refused?`,
    values: others,
    more: [{ value: "none", name: "none: it cannot be refused" }],
    otherwise: others[0] ?? "none",
  });
  return { success, ...(failure !== "none" && { failure }) };
}

async function compensationOf(
  asker: Asker,
  key: string,
  of: CommandOf,
  kind: Kind,
  sources: readonly Source[] | undefined,
): Promise<Pick<StepAnswer, "compensation" | "reason">> {
  const { service, command } = of;
  const own = service.commands.filter(({ name, emits }) => name !== command.name && emits.length > 0);
  const chosen = await choose(asker, {
    key: `${key}Compensation`,
    message: `Which command takes ${command.name} back?`,
    values: own.map(({ name }) => name),
    more: [{ value: "none", name: "none: there is nothing to take back" }],
    otherwise: undoing(of)?.command.name ?? "none",
  });
  if (chosen === "none" && kind === "pivot") return {};
  if (chosen === "none") {
    const reason = await asker.ask({
      key: `${key}Reason`,
      message: `Why is there nothing to take back?`,
      default: "changes nothing",
      check: (text) => (text.trim() === "" ? "Say it in a few words" : undefined),
    });
    return { compensation: "none", reason };
  }
  const undo = findCommandOf(of, chosen);
  const input = sources && (await inputOf(asker, `${key}Compensation`, undo, sources));
  return { compensation: { command: refOf(undo), ...(input && { input }) } };
}

function findCommandOf({ service }: CommandOf, name: string): CommandOf {
  return { service, command: service.commands.find((each) => each.name === name)! };
}

/** Asks for each field that nothing before fills; undefined where there is none. */
async function inputOf(
  asker: Asker,
  key: string,
  of: CommandOf,
  sources: readonly Source[],
): Promise<CommandAnswer["input"] | undefined> {
  const { missing } = mapInputs(of, {}, sources);
  if (missing.length === 0) return undefined;
  const input: Record<string, unknown> = {};
  for (const field of missing) {
    const text = await asker.ask({
      key: `${key}${field.name}`,
      message: `${refOf(of)} needs ${field.name}: ${printFieldType(field.type)}. From where, such as $.trigger.total, or which value?`,
      default: "",
      check: (typed) => (typed.trim() === "" ? "Write a path such as $.trigger.total, or a value" : undefined),
    });
    input[field.name] = typedValue(text.trim(), field);
  }
  return input;
}

/** Numbers and the like where the field is of such a type; text is text. */
function typedValue(text: string, { type }: Field): unknown {
  const real = type.kind === "optional" ? type.of : type;
  const isText =
    real.kind === "enum" || (real.kind === "scalar" && !["int", "boolean", "money", "json"].includes(real.name));
  if (isText || text.startsWith("$.")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface Choice {
  readonly key: string;
  readonly message: string;
  readonly values: readonly string[];
  readonly more?: readonly { readonly value: string; readonly name: string }[];
  readonly otherwise: string | undefined;
}

function choose(asker: Asker, { key, message, values, more = [], otherwise }: Choice): Promise<string> {
  const choices = [...values.map((value) => ({ value, name: value })), ...more];
  return asker.ask({ key, message, default: otherwise ?? choices[0]?.value ?? "", choices, check: () => undefined });
}
