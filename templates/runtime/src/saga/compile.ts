import { parseDurationMs } from "../duration.ts";
import type {
  Json,
  SagaCommand,
  SagaDefinition,
  SagaGroup,
  SagaInputValue,
  SagaRetry,
  SagaStep,
} from "./definition.ts";
import { parsePath, readInput } from "./path.ts";
import type { CommandSource, RetrySource, SagaSource, StepSource } from "./source.ts";

/** What holds where a saga says nothing about retries, and for each key that its `retry` leaves out. */
export const defaultRetry: SagaRetry = { attempts: 5, initialMs: 500, multiplier: 2, maxMs: 30_000, jitter: "full" };

interface Defaults {
  readonly retry: SagaRetry;
  readonly timeout: string | undefined;
}

/**
 * The definition that runs, of a saga file that the validator has found valid: every default filled in, durations in
 * milliseconds, paths parsed; deeply frozen.
 * @param service the saga's host
 * @throws Error that names the key, such as `steps.reserve-stock.timeout`, where a part cannot be read after all
 */
export function compileSaga(source: SagaSource, service: string): SagaDefinition {
  const defaults = { retry: retryOf(source.retry, "retry"), timeout: source.timeout };
  const ending = (name: "completed" | "compensated") =>
    source[name] === undefined ? {} : { [name]: commandOf(source[name], defaults, name) };
  return deepFreeze({
    saga: source.saga,
    version: source.version,
    style: source.style,
    service,
    trigger: source.trigger,
    key: keyOf(source.key),
    deadlineMs: durationOf(source.deadline, "deadline"),
    groups: source.steps.map((entry): SagaGroup => {
      const members = "parallel" in entry ? entry.parallel : [entry];
      return members.map((step) => stepOf(step, defaults));
    }),
    ...ending("completed"),
    ...ending("compensated"),
  });
}

function stepOf(source: StepSource, defaults: Defaults): SagaStep {
  const where = `steps.${source.id}`;
  const { compensation } = source;
  return {
    id: source.id,
    kind: source.kind ?? "compensatable",
    ...commandOf(source, defaults, where),
    // Its timeout and retries are its own or the saga's, never its step's: undoing has a pace of its own.
    ...(typeof compensation === "object"
      ? { compensation: commandOf(compensation, defaults, `${where}.compensation`) }
      : {}),
  };
}

function commandOf(source: CommandSource, defaults: Defaults, where: string): SagaCommand {
  const input = Object.entries(source.input ?? {});
  return {
    command: source.command,
    input: Object.fromEntries(input.map(([field, value]) => [field, inputValue(value, `${where}.input.${field}`)])),
    success: source.success,
    ...(source.failure === undefined ? {} : { failure: source.failure }),
    timeoutMs: durationOf(source.timeout ?? defaults.timeout, `${where}.timeout`),
    retry: source.retry === undefined ? defaults.retry : retryOf(source.retry, `${where}.retry`),
    ...(source.on === undefined ? {} : { on: source.on }),
  };
}

function retryOf(source: RetrySource | undefined, where: string): SagaRetry {
  if (source === undefined) return defaultRetry;
  const duration = (key: "initial" | "max", otherwise: number) =>
    source[key] === undefined ? otherwise : durationOf(source[key], `${where}.${key}`);
  const initialMs = duration("initial", defaultRetry.initialMs);
  return {
    attempts: source.attempts ?? defaultRetry.attempts,
    initialMs,
    multiplier: source.multiplier ?? defaultRetry.multiplier,
    // An `initial` above the default maximum is a maximum of its own.
    maxMs: duration("max", Math.max(defaultRetry.maxMs, initialMs)),
    jitter: source.jitter ?? defaultRetry.jitter,
  };
}

function inputValue(value: Json, where: string): SagaInputValue {
  const read = readInput(value);
  if ("unreadable" in read) throw new Error(`${where}: "${read.unreadable}" is no path that can be read here`);
  return "path" in read ? read : { literal: structuredClone(read.literal) };
}

function keyOf(text: string): readonly string[] {
  const path = parsePath(text);
  if (path?.from !== "trigger") throw new Error(`key: "${text}" is no field of the trigger, such as $.trigger.orderId`);
  return path.at;
}

function durationOf(text: string | undefined, where: string): number {
  if (text === undefined) throw new Error(`${where}: there is none, neither here nor for the whole saga`);
  const ms = parseDurationMs(text);
  if (ms === undefined || ms === 0) throw new Error(`${where}: "${text}" is no duration above zero, such as 30s`);
  return ms;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
