import { parseDurationMs } from "../../templates/runtime/src/duration.ts";
import { endings } from "../../templates/runtime/src/saga/definition.ts";
import type { NodePath } from "../_system/place.ts";
import { isPlainMap, type PlainMap } from "../_system/values.ts";
import { dotted, shown } from "../_system/wording.ts";
import { retryOf } from "./retry.ts";
import type { SagaProblem } from "./saga-problem.ts";

/** What is wrong in a definition where no schema can say it; parts of a wrong form are passed over. */
export function* contentProblems(value: unknown): Iterable<SagaProblem> {
  if (!isPlainMap(value)) return;
  const steps = stepsIn(value);
  yield* repeatedIds(steps);
  yield* durationProblems(value, []);
  yield* retryProblems(value, []);
  for (const [step, at] of steps) {
    yield* compensationProblems(step, at);
    yield* commandProblems(step, at, value, true);
    if (!isPlainMap(step.compensation)) continue;
    yield* commandProblems(step.compensation, [...at, "compensation"], value, true);
  }
  for (const ending of endings) {
    const command = value[ending];
    if (!isPlainMap(command)) continue;
    yield* commandProblems(command, [ending], value, false);
    if (value.style !== "choreography") continue;
    yield {
      rule: "EDA-S01",
      at: [ending],
      part: "key",
      message: `A choreography has nobody to send ${ending}`,
      hint: `Make it a step that starts at the last event, or take ${ending} out`,
    };
  }
}

type PlacedStep = readonly [step: PlainMap, at: NodePath];

function stepsIn({ steps }: PlainMap): readonly PlacedStep[] {
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((entry: unknown, index): readonly PlacedStep[] => {
    if (!isPlainMap(entry)) return [];
    if (!Object.hasOwn(entry, "parallel")) return isStep(entry) ? [[entry, ["steps", index]]] : [];
    if (!Array.isArray(entry.parallel)) return [];
    return entry.parallel.flatMap((member: unknown, at) =>
      isPlainMap(member) && isStep(member) ? [[member, ["steps", index, "parallel", at]] as const] : [],
    );
  });
}

/** What has neither is told of as no step at all. */
function isStep(entry: PlainMap): boolean {
  return entry.id !== undefined || entry.command !== undefined;
}

function* repeatedIds(steps: readonly PlacedStep[]): Iterable<SagaProblem> {
  const taken = new Set<string>();
  for (const [{ id }, at] of steps) {
    if (typeof id !== "string") continue;
    const problem = { rule: "EDA-S01", at: [...at, "id"], part: "value" } as const;
    if (endings.some((ending) => ending === id)) {
      const hint = `Name the step otherwise, or write it as the key ${id} of the definition`;
      yield { ...problem, message: `${id} is the name of an ending, and of no step`, hint };
    } else if (taken.has(id)) {
      yield { ...problem, message: `The step id ${shown(id)} is there twice`, hint: "Give each step an id of its own" };
    }
    taken.add(id);
  }
}

/** S02, and what S01 says of compensations. */
function* compensationProblems(step: PlainMap, at: NodePath): Iterable<SagaProblem> {
  const { compensation, reason } = step;
  const kind = step.kind === undefined ? "compensatable" : step.kind;
  const name = typeof step.id === "string" ? `Step ${step.id}` : dotted(at);
  if (kind === "retriable" && isPlainMap(compensation)) {
    yield {
      rule: "EDA-S01",
      at: [...at, "compensation"],
      part: "key",
      message: `${name} is retriable and has a compensation, which could never run`,
      hint: "Take the compensation out, or the kind",
    };
  }
  if (kind !== "compensatable") return;
  if (compensation === undefined || compensation === null) {
    yield {
      rule: "EDA-S02",
      at: compensation === undefined ? at : [...at, "compensation"],
      part: "key",
      message: `${name} is compensatable and has no compensation`,
      hint: "Write compensation: { command: …, success: … }, or compensation: none with a reason",
    };
  } else if (compensation === "none" && (reason === undefined || reason === null || reason === "")) {
    yield {
      rule: "EDA-S02",
      at: [...at, "compensation"],
      part: "key",
      message: `${name} has compensation: none and no reason for it`,
      hint: "Write reason: changes nothing, or what else makes it safe to leave as it is",
    };
  }
}

function* commandProblems(command: PlainMap, at: NodePath, saga: PlainMap, mayStart: boolean): Iterable<SagaProblem> {
  if (command.timeout === undefined && saga.timeout === undefined) {
    yield {
      rule: "EDA-S04",
      at,
      part: "key",
      message: `${dotted(at)} has no timeout, and the saga has none for it`,
      hint: "Write timeout: 30s there, or at the top for every step and compensation",
    };
  }
  yield* durationProblems(command, at);
  yield* retryProblems(command, at);
  if (!mayStart) return;
  if (saga.style === "choreography" && command.on === undefined) {
    yield {
      rule: "EDA-S01",
      at,
      part: "key",
      message: `${dotted(at)} has no on: in a choreography it starts at an event`,
      hint: "Write on: orders.OrderPlaced, the event at which it starts",
    };
  }
  if (saga.style === "orchestration" && command.on !== undefined) {
    yield {
      rule: "EDA-S01",
      at: [...at, "on"],
      part: "key",
      message: `on is a key of choreographies: in an orchestration the saga starts ${dotted(at)}`,
      hint: "Take it out, or write style: choreography",
    };
  }
}

/** Durations that are well written and longer than any clock counts. */
function* durationProblems(map: PlainMap, at: NodePath): Iterable<SagaProblem> {
  for (const key of ["deadline", "timeout", "initial", "max"]) {
    const text = map[key];
    if (typeof text !== "string" || !wellWritten.test(text) || parseDurationMs(text) !== undefined) continue;
    yield {
      rule: "EDA-S11",
      at: [...at, key],
      part: "value",
      message: `${dotted([...at, key])} is ${text}, which is longer than a clock counts`,
      hint: `Write ${key}: 30s, or what it takes`,
    };
  }
}

const wellWritten = /^[1-9][0-9]{0,8}(?:ms|s|m|h|d)$/;

function* retryProblems({ retry }: PlainMap, above: NodePath): Iterable<SagaProblem> {
  if (!isPlainMap(retry)) return;
  const at = [...above, "retry"];
  yield* durationProblems(retry, at);
  const meant = retryOf(retry);
  if (meant === undefined || meant.maxMs >= meant.initialMs) return;
  yield {
    rule: "EDA-S11",
    at: [...at, "max"],
    part: "value",
    message: `${dotted([...at, "max"])} is ${retry.max}, below the first wait of ${retry.initial ?? "500ms"}`,
    hint: `Write max: ${retry.initial ?? "500ms"} or longer`,
  };
}
