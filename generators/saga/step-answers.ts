import { EdaError } from "../_system/errors.ts";
import { kebab, parseName, pascal } from "../_system/names.ts";
import { didYouMean } from "../_system/suggest.ts";
import { shown } from "../_system/wording.ts";

/** What is said of a saga's steps: by `--steps`, in an interview, or as a list of maps in an answers file. */

export const kinds = ["compensatable", "pivot", "retriable"] as const;
export type Kind = (typeof kinds)[number];

/** A step, or steps that run side by side. */
export type GroupAnswer = StepAnswer | { readonly parallel: readonly StepAnswer[] };

export interface CommandAnswer {
  /** `inventory.ReserveStock`. */
  readonly command: string;
  /** Paths and literals by field; what is not said is mapped by name and type. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** `inventory.StockReserved`, also written `StockReserved`. */
  readonly success?: string;
  readonly failure?: string;
  readonly timeout?: string;
  readonly retry?: Readonly<Record<string, unknown>>;
  /** Choreography: the event at which it starts. */
  readonly on?: string;
}

export interface StepAnswer extends CommandAnswer {
  readonly id?: string;
  readonly kind?: Kind;
  readonly compensation?: CommandAnswer | "none";
  /** Why there is no compensation. */
  readonly reason?: string;
}

const commandKeys = ["command", "input", "success", "failure", "timeout", "retry", "on"] as const;
const stepKeys = ["id", "kind", ...commandKeys, "compensation", "reason"] as const;

/**
 * Reads `service.Command[:kind],…`, or a JSON list of such texts and of maps: what an answers file's list becomes.
 * Throws an `EdaError` that says what may be written.
 */
export function stepAnswers(text: string): readonly GroupAnswer[] {
  if (text.trim() === "") return [];
  if (!text.trim().startsWith("[")) return once(text.split(",").map((part) => written(part.trim())));
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new EdaError(`${shown(text)} is no list of steps`, { hint: notation });
  }
  return once((list as readonly unknown[]).map(group));
}

/** Reads `service.Command`, or a JSON map with its inputs and replies. */
export function commandAnswer(text: string): CommandAnswer {
  if (!text.trim().startsWith("{")) return { command: messageRef(text.trim(), "command") };
  let map: unknown;
  try {
    map = JSON.parse(text);
  } catch {
    throw new EdaError(`${shown(text)} is no command`, { hint: "Write service.Command: orders.ConfirmOrder" });
  }
  return command(mapOf(map, "A command", commandKeys));
}

/** What an answers file says in lists and maps, as the text that is read here. */
export function jsonText(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new EdaError("The answers hold something that contains itself", { hint: "Write it out, without anchors" });
  }
}

/** The text that `stepAnswers` reads back. */
export function printSteps(groups: readonly GroupAnswer[]): string {
  return JSON.stringify(groups);
}

export function stepsIn(groups: readonly GroupAnswer[]): readonly StepAnswer[] {
  return groups.flatMap((group) => ("parallel" in group ? group.parallel : [group]));
}

/** `inventory.ReserveStock`, whatever case was typed. */
export function messageRef(text: unknown, what: "command" | "event"): string {
  const [service, name, ...more] = typeof text === "string" ? text.split(".") : [];
  if (service === undefined || name === undefined || more.length > 0) {
    const example =
      what === "command" ? "service.Command: inventory.ReserveStock" : "service.Event: orders.OrderPlaced";
    throw new EdaError(`${shown(text)} names no ${what}`, { hint: `Write ${example}` });
  }
  const article = what === "event" ? "an event" : "a command";
  return `${kebab(parseName(service, "a service"))}.${pascal(parseName(name, article))}`;
}

const notation =
  "Write service.Command or service.Command:kind, parted by commas, such as payments.CapturePayment:pivot";

function written(text: string): StepAnswer {
  const [command = "", kind, ...more] = text.split(":");
  if (more.length > 0) throw new EdaError(`${shown(text)} is no step`, { hint: notation });
  return { command: messageRef(command, "command"), ...(kind !== undefined && { kind: kindOf(kind) }) };
}

function kindOf(value: unknown): Kind {
  const found = kinds.find((kind) => kind === value);
  if (found !== undefined) return found;
  const typed = typeof value === "string" ? value : "";
  throw new EdaError(`${shown(value)} is no kind of step`, {
    hint: didYouMean(typed, kinds, `It is ${kinds.join(", ")}`),
  });
}

function group(value: unknown): GroupAnswer {
  if (typeof value === "string") return written(value.trim());
  const map = mapOf(value, "A step", ["parallel", ...stepKeys]);
  if (!("parallel" in map)) return step(map);
  const members = map.parallel;
  if (Object.keys(map).length > 1 || !Array.isArray(members) || members.length === 0) {
    throw new EdaError("parallel stands alone, with a list of steps", {
      hint: "Write parallel: [{ command: a.B }, { command: c.D }]",
    });
  }
  return {
    parallel: members.map((member) =>
      typeof member === "string" ? written(member.trim()) : step(mapOf(member, "A step", stepKeys)),
    ),
  };
}

function step(map: PlainMap): StepAnswer {
  const { id, kind, compensation, reason } = map;
  return {
    ...(id !== undefined && { id: kebab(parseName(textOf(id, "id"), "a step")) }),
    ...(kind !== undefined && { kind: kindOf(kind) }),
    ...command(map),
    ...(compensation !== undefined && { compensation: undoing(compensation) }),
    ...(reason !== undefined && { reason: textOf(reason, "reason") }),
  };
}

function undoing(value: unknown): CommandAnswer | "none" {
  if (value === "none") return value;
  if (typeof value === "string") return { command: messageRef(value, "command") };
  return command(mapOf(value, "A compensation", commandKeys));
}

function command(map: PlainMap): CommandAnswer {
  const { input, success, failure, timeout, retry, on } = map;
  return {
    command: messageRef(map.command, "command"),
    ...(input !== undefined && { input: mapOf(input, "input") }),
    ...(success !== undefined && { success: textOf(success, "success") }),
    ...(failure !== undefined && { failure: textOf(failure, "failure") }),
    ...(timeout !== undefined && { timeout: durationOf(timeout) }),
    ...(retry !== undefined && {
      retry: mapOf(retry, "retry", ["attempts", "initial", "multiplier", "max", "jitter"]),
    }),
    ...(on !== undefined && { on: messageRef(on, "event") }),
  };
}

/** `30s`. */
export function durationOf(value: unknown): string {
  if (typeof value === "string" && /^[1-9]\d{0,8}(ms|s|m|h|d)$/.test(value.trim())) return value.trim();
  throw new EdaError(`${shown(value)} is no duration`, { hint: "Write 500ms, 30s, 15m, 2h or 7d" });
}

type PlainMap = Readonly<Record<string, unknown>>;

function mapOf(value: unknown, what: string, keys?: readonly string[]): PlainMap {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new EdaError(`${what} is a map, and ${shown(value)} is none`, { hint: "Write key: value" });
  }
  for (const key of Object.keys(value)) {
    if (keys && !keys.includes(key)) {
      throw new EdaError(`${what} has no key ${shown(key)}`, {
        hint: didYouMean(key, keys, `Known are ${keys.join(", ")}`),
      });
    }
    if (!keys && !/^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(key)) {
      throw new EdaError(`${shown(key)} is no name of a field`, { hint: "Write it as the command has it: orderId" });
    }
  }
  return value as PlainMap;
}

function textOf(value: unknown, key: string): string {
  if (typeof value === "string" && value !== "" && value.length <= 200 && !/\p{Cc}/u.test(value)) return value;
  throw new EdaError(`${shown(value)} cannot be the ${key} of a step`, { hint: "Write it as one line of text" });
}

/** A command is one step's: its participant keeps one row a saga and step, and the reply is known by the step. */
function once(groups: readonly GroupAnswer[]): readonly GroupAnswer[] {
  const seen = new Set<string>();
  for (const { command, id = command } of stepsIn(groups)) {
    if (seen.has(id)) {
      throw new EdaError(`The step ${id} is there twice`, { hint: "Name it once, or give one of the two its own id" });
    }
    seen.add(id);
  }
  return groups;
}
