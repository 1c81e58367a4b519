import { parseDurationMs } from "../../templates/runtime/src/duration.ts";
import { endings, type SagaRetry } from "../../templates/runtime/src/saga/definition.ts";
import { parsePath, readInput, type WrittenInput } from "../../templates/runtime/src/saga/path.ts";
import type { NodePath } from "../_system/place.ts";
import { isPlainMap, type PlainMap } from "../_system/values.ts";
import { retryOf } from "./retry.ts";

/**
 * A definition as far as it can be understood: what the rules judge. A part that is missing or of a wrong form is
 * absent here; that is told of once, where the shape is checked, and no rule speaks of what follows from it.
 */
export interface SagaDraft {
  readonly saga?: string;
  readonly version?: number;
  readonly style?: "orchestration" | "choreography";
  readonly service?: string;
  readonly trigger?: Reference;
  /** Where the key is in the trigger's data. */
  readonly key?: readonly string[];
  readonly deadlineMs?: number;
  readonly groups: readonly (readonly DraftStep[])[];
  /** Whether every step can be told by its id. */
  readonly stepsAreKnown: boolean;
  readonly completed?: DraftCommand;
  readonly compensated?: DraftCommand;
}

/** `inventory.ReserveStock`. */
export interface Reference {
  readonly service: string;
  readonly name: string;
  readonly text: string;
}

export interface DraftCommand {
  readonly at: NodePath;
  /** As a sentence begins: `Step reserve-stock`, `The compensation of step reserve-stock`, `completed`. */
  readonly label: string;
  readonly command?: Reference;
  /** Absent where `input` is no map. */
  readonly input?: readonly DraftInput[];
  readonly success?: Reference;
  readonly failure?: Reference;
  readonly on?: Reference;
  /** Of one attempt, its own or the saga's. */
  readonly timeoutMs?: number;
  readonly retry?: SagaRetry;
}

export interface DraftStep extends DraftCommand {
  readonly id?: string;
  readonly kind?: "compensatable" | "pivot" | "retriable";
  readonly compensation?: DraftCommand;
  /** Index of its group. */
  readonly group: number;
}

export interface DraftInput {
  readonly field: string;
  readonly at: NodePath;
  readonly value: WrittenInput<unknown>;
}

/** Reads a definition's value, however broken. */
export function draftOf(value: unknown): SagaDraft {
  const root = isPlainMap(value) ? value : {};
  const context: Context = { timeout: root.timeout, retry: root.retry };
  const style = oneOf(root.style, ["orchestration", "choreography"] as const);
  const key = typeof root.key === "string" ? parsePath(root.key) : undefined;
  const deadlineMs = durationOf(root.deadline);
  const trigger = referenceOf(root.trigger);
  const groups = groupsOf(root.steps, context);
  return {
    ...(isName(root.saga) && { saga: root.saga }),
    ...(typeof root.version === "number" && { version: root.version }),
    ...(style && { style }),
    ...(isName(root.service) && { service: root.service }),
    ...(trigger && { trigger }),
    ...(key?.from === "trigger" && { key: key.at }),
    ...(deadlineMs !== undefined && { deadlineMs }),
    groups,
    stepsAreKnown: areKnown(root.steps, groups),
    ...(isPlainMap(root.completed) && { completed: commandOf(root.completed, ["completed"], "completed", context) }),
    ...(isPlainMap(root.compensated) && {
      compensated: commandOf(root.compensated, ["compensated"], "compensated", context),
    }),
  };
}

interface Context {
  readonly timeout: unknown;
  readonly retry: unknown;
}

function groupsOf(steps: unknown, context: Context): readonly (readonly DraftStep[])[] {
  if (!Array.isArray(steps)) return [];
  return steps.map((entry: unknown, index) => {
    if (isPlainMap(entry) && Array.isArray(entry.parallel)) {
      return entry.parallel.flatMap((member, at) =>
        isPlainMap(member) ? [stepOf(member, ["steps", index, "parallel", at], index, context)] : [],
      );
    }
    return isPlainMap(entry) && !Object.hasOwn(entry, "parallel")
      ? [stepOf(entry, ["steps", index], index, context)]
      : [];
  });
}

function areKnown(steps: unknown, groups: readonly (readonly DraftStep[])[]): boolean {
  if (!Array.isArray(steps)) return false;
  return steps.every((entry: unknown, index) => {
    const written = isPlainMap(entry) && Object.hasOwn(entry, "parallel") ? entry.parallel : [entry];
    const read = groups[index] ?? [];
    const isWhole = Array.isArray(written) && written.length > 0 && written.length === read.length;
    return isWhole && read.every(({ id }) => id !== undefined);
  });
}

function stepOf(step: PlainMap, at: NodePath, group: number, context: Context): DraftStep {
  const id = isName(step.id) ? step.id : undefined;
  const called = id ?? `${Number(at[1]) + 1}`;
  const kind = oneOf(step.kind === undefined ? "compensatable" : step.kind, [
    "compensatable",
    "pivot",
    "retriable",
  ] as const);
  const { compensation } = step;
  // A retriable step has none: which of the two was meant is not known.
  const isDoubtful = kind === "retriable" && isPlainMap(compensation);
  return {
    ...commandOf(step, at, `Step ${called}`, context),
    group,
    ...(id !== undefined && { id }),
    ...(kind && !isDoubtful && { kind }),
    ...(isPlainMap(compensation) && {
      compensation: commandOf(compensation, [...at, "compensation"], `The compensation of step ${called}`, context),
    }),
  };
}

function commandOf(map: PlainMap, at: NodePath, label: string, context: Context): DraftCommand {
  const references = { command: map.command, success: map.success, failure: map.failure, on: map.on };
  const timeoutMs = durationOf(map.timeout ?? context.timeout);
  const retry = retryOf(map.retry ?? context.retry);
  const { input = {} } = map;
  return {
    at,
    label,
    ...Object.fromEntries(
      Object.entries(references).flatMap(([key, text]) => {
        const reference = referenceOf(text);
        return reference === undefined ? [] : [[key, reference]];
      }),
    ),
    ...(isPlainMap(input) && {
      input: Object.entries(input).map(([field, given]) => ({
        field,
        at: [...at, "input", field],
        value: readInput(given),
      })),
    }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(retry && { retry }),
  };
}

const reference = /^(?=.{1,81}$)([a-z][a-z0-9-]*)\.([A-Z][A-Za-z0-9]*)$/;

function referenceOf(text: unknown): Reference | undefined {
  const [whole, service, name] = (typeof text === "string" && reference.exec(text)) || [];
  return whole === undefined ? undefined : { service: service!, name: name!, text: whole };
}

const name = /^(?=.{1,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

function isName(text: unknown): text is string {
  return typeof text === "string" && name.test(text) && !endings.some((ending) => ending === text);
}

function durationOf(text: unknown): number | undefined {
  const ms = typeof text === "string" ? parseDurationMs(text) : undefined;
  return ms === 0 ? undefined : ms;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((each) => each === value);
}
