import { commandsIn, type PlacedCommand } from "../_saga/commands-in.ts";
import type { DraftCommand, DraftInput, Reference, SagaDraft } from "../_saga/draft.ts";
import { printFieldType } from "../_system/field-types.ts";
import { nearest } from "../_system/suggest.ts";
import type { FieldType } from "../_system/system.ts";
import { shown } from "../_system/wording.ts";
import { type CommandContract, type Contracts, contractsOf, type EventContract } from "./contracts.ts";
import { isOutOfReach, placeOf, type Scope, scopeOf } from "./input-scope.ts";
import { isOfAnotherService } from "./s16-compensation-elsewhere.ts";
import { sagaExample } from "./saga-example.ts";
import { type SagaFault, sagaRule } from "./saga-rule.ts";
import { fits, literalFits, textType, typeAt, type ValueType } from "./value-types.ts";

const points = ["OrderPlaced: {", "fields: { paymentId: uuid, amount: money }"];

export const inputNotProvided = sagaRule({
  id: "EDA-S08",
  severity: "error",
  title: "an input path that no earlier step or the trigger provides, or of another type than the command's field",
  explanation:
    "What a path names has to be there when the command leaves: a field of the trigger, or of the reply of a step that has " +
    "ended before. A field that may be absent cannot fill one that must be there, and a text is no amount: the " +
    "participant would refuse the command each time, and the saga would time out on a message that could never be right. " +
    "Services share no types, so records are compared field by field. In a choreography nobody keeps the replies: a step " +
    "knows the event at which it starts ($.on), and every event of the saga carries its key.",
  examples: [
    { fails: sagaExample("amount: $.trigger.total", "amount: $.trigger.sum"), repair: sagaExample() },
    { fails: sagaExample("amount: $.trigger.total", "amount: $.trigger.note"), repair: sagaExample(), points },
    {
      fails: sagaExample("{ orderId: $.trigger.orderId }", "{ orderId: $.steps.capture.paymentId }"),
      repair: sagaExample("{ orderId: $.trigger.orderId }", "{ orderId: $.steps.capture-payment.paymentId }"),
    },
  ],
  alone: true,
  *judge({ document: { draft }, home }) {
    const contracts = home && contractsOf(home.system);
    if (contracts) yield* keyFaults(draft, contracts);
    for (const placed of commandsIn(draft)) {
      const { role, command, step } = placed;
      if (role === "compensation" && isOfAnotherService(command, step, contracts)) continue;
      const asked = contracts?.command(command.command);
      const scope = scopeOf(draft, placed);
      for (const input of command.input ?? []) {
        const fault = inputFault(input, placed, scope, draft, contracts, asked);
        if (fault) yield { at: input.at, ...fault };
      }
    }
  },
});

type Said = Omit<SagaFault, "at">;

function inputFault(
  input: DraftInput,
  placed: PlacedCommand,
  scope: Scope,
  draft: SagaDraft,
  contracts: Contracts | undefined,
  asked: CommandContract | undefined,
): Said | undefined {
  const { value, field } = input;
  const { label } = placed.command;
  if ("unreadable" in value) return noPath(value.unreadable, label, draft);
  const type = asked?.command.fields.find(({ name }) => name === field)?.type;
  const wanted = type && { type, records: asked!.records };
  if ("literal" in value) {
    if (wanted === undefined || literalFits(value.literal, wanted)) return undefined;
    return {
      message: `${label} gives ${shown(value.literal)} as ${field}, which is ${written(wanted.type)}`,
      hint: `Write a value of that type, or a path such as $.trigger.${field}`,
    };
  }
  const { path } = value;
  const place = placeOf(path);
  const outOfReach = isOutOfReach(path, placed, scope, draft);
  if (typeof outOfReach === "string") return undefined;
  if (outOfReach) return { message: `${label} reads ${place}: ${outOfReach.because}`, hint: outOfReach.hint };
  if (contracts === undefined) return undefined;
  if (path.from === "id" || path.from === "failure") return mismatch(textType, wanted, label, place, field);
  const source = sourceOf(path.from === "step" ? { step: path.step } : path.from, placed, draft, contracts);
  if (source === undefined) return undefined;
  const given = typeAt(source.event.fields, source.records, path.at);
  if ("missing" in given) {
    const near = nearest(given.missing, given.candidates);
    const known =
      given.candidates.length === 0 ? "It has no fields there" : `Its fields are ${given.candidates.join(", ")}`;
    return {
      message: `${label} reads ${place}, but ${source.name} has no ${given.missing} there`,
      hint: near === undefined ? known : `Did you mean ${near}?`,
    };
  }
  return mismatch(given, wanted, label, place, field);
}

function mismatch(
  given: ValueType,
  wanted: ValueType | undefined,
  label: string,
  place: string,
  field: string,
): Said | undefined {
  if (wanted === undefined || fits(given, wanted)) return undefined;
  const required =
    given.type.kind === "optional" &&
    wanted.type.kind !== "optional" &&
    fits({ ...given, type: given.type.of }, wanted);
  if (required) {
    return {
      message: `${label} gives ${place} as ${field}, which must be there, and it may be absent`,
      hint: `Take another field, or write ${printFieldType(wanted.type)}? for ${field} of the command`,
    };
  }
  return {
    message: `${label} gives ${place} as ${field}: it is ${written(given.type)}, and ${field} is ${written(wanted.type)}`,
    hint: "Take another field, or give both the same type",
  };
}

function written(type: FieldType): string {
  return `of type ${printFieldType(type)}`;
}

/** The event that holds what a path reads; undefined where it is not known, which another rule has told of. */
function sourceOf(
  from: "trigger" | "on" | { readonly step: string },
  { command }: PlacedCommand,
  draft: SagaDraft,
  contracts: Contracts,
): (EventContract & { readonly name: string }) | undefined {
  if (typeof from === "string") {
    const reference = from === "trigger" ? draft.trigger : command.on;
    if (from === "on" && isOutcomeOf(command, reference)) return undefined;
    const found = contracts.event(reference);
    return found && { ...found, name: reference!.text };
  }
  const step = draft.groups.flat().find(({ id }) => id === from.step);
  const success = step?.success;
  const found = contracts.event(success);
  if (found === undefined || success!.text === step!.failure?.text || !emits(step!, contracts)) return undefined;
  return { ...found, name: success!.text };
}

/** What EDA-S07 tells of. */
function isOutcomeOf({ success, failure }: DraftCommand, on: Reference | undefined): boolean {
  return on?.text === success?.text || on?.text === failure?.text;
}

function emits({ command, success }: DraftCommand, contracts: Contracts): boolean {
  const known = contracts.command(command)?.command.emits ?? [];
  return success?.service === command?.service && (known.length === 0 || known.includes(success!.name));
}

const roots = ["trigger", "steps", "saga", "failure", "on"];

function noPath(text: string, label: string, { style }: SagaDraft): Said {
  const root = text.split(".")[1] ?? "";
  const near = roots.includes(root) ? undefined : nearest(root, roots);
  const forms =
    style === "choreography"
      ? "Paths are $.on.field and $.saga.id"
      : "Paths are $.trigger.field, $.steps.<id>.field, $.saga.id and, in compensated, $.failure.reason";
  return {
    message: `${label} reads ${shown(text)}, which is no path`,
    hint: near === undefined ? forms : `Did you mean $.${near}?`,
  };
}

/** The key has to be there, in one piece; in a choreography each event of the saga carries a field of that name. */
function* keyFaults(draft: SagaDraft, contracts: Contracts): Iterable<SagaFault> {
  const trigger = contracts.event(draft.trigger);
  const { key } = draft;
  if (key === undefined || trigger === undefined) return;
  const given = typeAt(trigger.event.fields, trigger.records, key);
  const place = `$.trigger.${key.join(".")}`;
  if ("missing" in given) {
    const near = nearest(given.missing, given.candidates);
    const hint = near === undefined ? `Its fields are ${given.candidates.join(", ")}` : `Did you mean ${near}?`;
    yield {
      at: ["key"],
      message: `The key is ${place}, but ${draft.trigger!.text} has no ${given.missing} there`,
      hint,
    };
    return;
  }
  if (!isKey(given.type)) {
    const hint = "Take a field that identifies one saga and is always there: a uuid, a text or a whole number";
    yield { at: ["key"], message: `The key is ${place}, which is ${written(given.type)}`, hint };
    return;
  }
  if (draft.style !== "choreography") return;
  const name = key.at(-1)!;
  const told = new Set<string>();
  for (const { command } of commandsIn(draft)) {
    for (const part of ["success", "failure", "on"] as const) {
      const reference = command[part];
      const event = contracts.event(reference);
      if (event === undefined || told.has(reference!.text)) continue;
      const field = event.event.fields.find((each) => each.name === name);
      if (field && fits({ type: field.type, records: event.records }, given)) continue;
      told.add(reference!.text);
      yield {
        at: [...command.at, part],
        message: `${reference!.text} does not carry ${name}, the key by which the saga's events are known`,
        hint: `Add ${name}: ${printFieldType(given.type)} to services.${reference!.service}.events.${reference!.name}.fields`,
      };
    }
  }
}

function isKey(type: FieldType): boolean {
  if (type.kind === "enum") return true;
  return type.kind === "scalar" && !["money", "json", "boolean"].includes(type.name);
}
