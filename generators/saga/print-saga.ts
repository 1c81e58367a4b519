import { flowText } from "../_system/print-yaml.ts";
import { usual } from "./deadline.ts";
import type { DraftCommand, DraftStep, SagaDraft } from "./draft.ts";

/** The text of a new definition, with the comments that a person reads once and keeps. */
export function printSaga(draft: SagaDraft): string {
  const { name, style, service, trigger, key, deadline, groups, completed, compensated } = draft;
  const isLed = style === "orchestration";
  const head = [
    ["saga", name],
    ["version", "1", "goes up with every change once the saga is published (`npx eda publish`)"],
    ["description", description(draft)],
    ["style", style, isLed ? "" : "each service starts its step at an event; nobody leads"],
    ...(isLed ? [] : [["service", service, "watches, and shows what it sees in `eda sagas`"]]),
    ["trigger", trigger],
    [
      "key",
      key,
      isLed ? "one saga for each: the same trigger again starts no second" : "every event of the saga carries it",
    ],
    [
      "deadline",
      deadline,
      isLed ? "over the whole: before the point of no return it is undone then" : "not ended by then, it is stuck",
    ],
    ...(isLed
      ? [
          ["retry", value(usual.retry)],
          ["timeout", usual.timeout, "of one attempt; then it is sent again, as retry says"],
        ]
      : [["timeout", usual.timeout, "a step that fails is tried for so long; then its event is a dead letter"]]),
  ];
  return [
    "# yaml-language-server: $schema=../.eda/saga.schema.json",
    `# ${isLed ? "What the orchestrator runs" : "What the services run"} is this file. After an edit: npx eda validate, then npx eda sync.`,
    ...head.map(([key = "", text = "", comment = ""]) => commented(`${key}: ${text}`, comment)),
    "steps:",
    ...printGroups(groups, 2, new Teacher()),
    ...(completed ? printEnding("completed", completed) : []),
    ...(compensated ? printEnding("compensated", compensated) : []),
    "",
  ].join("\n");
}

/** The lines of what is sent last. */
export function printEnding(key: "completed" | "compensated", command: DraftCommand): readonly string[] {
  const comment = key === "completed" ? "sent last, when every step is done" : "sent last, when everything is undone";
  return [commented(`${key}:`, comment), ...commandLines(command, 2)];
}

/** The lines of steps to put into a list that is there. */
export function printGroups(
  groups: readonly (readonly DraftStep[])[],
  indent: number,
  teacher: Teacher = new Teacher(),
): readonly string[] {
  const margin = " ".repeat(indent);
  return groups.flatMap((group) => {
    const [only] = group;
    if (group.length === 1 && only) return stepLines(only, indent, teacher);
    const note = commented(`${margin}- parallel:`, teacher.once("parallel"));
    return [note, ...group.flatMap((step) => stepLines(step, indent + 4, teacher))];
  });
}

const lessons = {
  compensatable: "also when no answer has come: nobody knows then whether the step was done",
  choreographed: "also before its step has come, which then is never done",
  pivot: "the point of no return: from its success on, the saga only goes forward",
  undoablePivot: "the point of no return, once it is known to have succeeded",
  retriable: "tried until it succeeds; a refusal here is for a person to settle",
  parallel: "side by side; the saga goes on when all have settled",
} as const;

/** Says each lesson once in a file. */
class Teacher {
  readonly #said = new Set<string>();

  once(lesson: keyof typeof lessons): string {
    if (this.#said.has(lesson)) return "";
    this.#said.add(lesson);
    return lessons[lesson];
  }
}

function stepLines(step: DraftStep, indent: number, teacher: Teacher): readonly string[] {
  const { id, kind, compensation } = step;
  const margin = " ".repeat(indent + 2);
  const pivot = compensation ? "undoablePivot" : "pivot";
  const undoing = step.on === undefined ? "compensatable" : "choreographed";
  return [
    `${" ".repeat(indent)}- id: ${id}`,
    ...(kind === "compensatable"
      ? []
      : [commented(`${margin}kind: ${kind}`, teacher.once(kind === "pivot" ? pivot : kind))]),
    ...commandLines(step, indent + 2),
    ...(compensation === undefined
      ? []
      : "none" in compensation
        ? [`${margin}compensation: none`, `${margin}reason: ${value(compensation.none)}`]
        : [
            commented(`${margin}compensation:`, kind === "compensatable" ? teacher.once(undoing) : ""),
            ...commandLines(compensation, indent + 4),
          ]),
  ];
}

function commandLines({ command, input, success, failure, timeout, retry, on }: DraftCommand, indent: number) {
  const lines = [
    ...(on === undefined ? [] : [["on", on]]),
    ["command", command],
    ...(Object.keys(input).length === 0 ? [] : [["input", value(input)]]),
    ["success", success],
    ...(failure === undefined ? [] : [["failure", failure]]),
    ...(timeout === undefined ? [] : [["timeout", timeout]]),
    ...(retry === undefined ? [] : [["retry", value(retry)]]),
  ];
  return lines.map(([key, text]) => `${" ".repeat(indent)}${key}: ${text}`);
}

const path = /^\$(?:\.[A-Za-z][A-Za-z0-9_-]*)+$/;

/** A value on one line; paths stand bare, as a person writes them. */
export function value(given: unknown): string {
  if (typeof given === "string" && path.test(given)) return given;
  if (Array.isArray(given)) return `[${given.map(value).join(", ")}]`;
  if (typeof given !== "object" || given === null) return flowText(given);
  const pairs = Object.entries(given).map(([key, part]) => `${flowText(key)}: ${value(part)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

/** Comments of the head and of the steps stand in one column where the line leaves room. */
function commented(line: string, comment: string): string {
  return comment === "" ? line : `${line.padEnd(38)} # ${comment}`;
}

/** `Reserve stock then capture payment, after orders.OrderPlaced.` */
function description({ trigger, groups }: SagaDraft): string {
  const steps = groups.map((group) => group.map(({ id }) => id.replaceAll("-", " ")).join(" and ")).join(" then ");
  return value(`${steps.charAt(0).toUpperCase()}${steps.slice(1)} after ${trigger}.`);
}
