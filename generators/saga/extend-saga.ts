import { isDeepStrictEqual } from "node:util";
import { EdaError } from "../_system/errors.ts";
import type { System } from "../_system/system.ts";
import { findCommand, ownEvent, undoing } from "./catalogue.ts";
import type { DraftCommand, DraftStep, SagaDraft } from "./draft.ts";
import type { SagaAnswers } from "./outline.ts";
import { printEnding, printGroups } from "./print-saga.ts";
import { resolveSaga } from "./resolve.ts";
import {
  readSagaText,
  type SagaText,
  type SagaValue,
  type StepValue,
  withKey,
  withSteps,
  withValue,
} from "./saga-text.ts";
import { type GroupAnswer, type StepAnswer, stepsIn } from "./step-answers.ts";

const endings = ["completed", "compensated"] as const;

/**
 * A definition's text with what was answered beyond it. Steps that it does not have come where their kind belongs; what
 * is said of a step that it has is set there; nothing is taken away. Comments and all the rest stay as they are.
 * Throws an `EdaError` where the text cannot be read or edited, and for what only a person can decide.
 */
export function extendSaga(text: string, file: string, answers: SagaAnswers, system: System): string {
  const before = readSagaText(text, file);
  const known = stepsIn(before.value.steps as unknown as readonly GroupAnswer[]);
  const changes = changesIn(before, known, answers, system);
  if (changes === undefined) return text;
  const { groups, isNew } = changes;
  const value = before.value as SagaValue & Partial<SagaDraft>;
  const draft = resolveSaga(
    {
      name: answers.name,
      style: value.style ?? answers.style,
      service: answers.service ?? "",
      trigger: answers.trigger ?? String(value.trigger),
      groups,
      ...Object.fromEntries(
        endings.flatMap((key) => ((answers[key] ?? value[key]) ? [[key, answers[key] ?? value[key]]] : [])),
      ),
      deadline: answers.deadline ?? String(value.deadline),
    },
    system,
  );
  const set = withValue(before, changedValue(before.value, draft, changes.said, answers));
  const longer = withSteps(set, insertions(draft, isNew));
  return endings.reduce((at, key) => {
    const ending = draft[key];
    return ending && value[key] === undefined ? withKey(at, key, printEnding(key, ending)) : at;
  }, longer).text;
}

interface Changes {
  /** All groups, the new ones in their places. */
  readonly groups: readonly GroupAnswer[];
  readonly isNew: (group: readonly DraftStep[]) => boolean;
  /** What is said anew of steps that are there, by their ids. */
  readonly said: ReadonlyMap<string, readonly (keyof StepAnswer)[]>;
}

/** What the answers would change; undefined where everything is there already. */
function changesIn(
  before: SagaText,
  known: readonly StepAnswer[],
  answers: SagaAnswers,
  system: System,
): Changes | undefined {
  const { value, file } = before;
  if (value.style !== undefined && answers.style !== value.style) {
    throw new EdaError(`The saga ${answers.name} is there already, with style: ${String(value.style)}`, {
      hint: `Change ${file} by hand: in a choreography each step says at which event it starts`,
    });
  }
  const said = new Map<string, readonly (keyof StepAnswer)[]>();
  const merged = new Map<string, StepAnswer>();
  const added: GroupAnswer[] = [];
  const find = (answer: StepAnswer) =>
    known.find(({ id, command }) => (answer.id === undefined ? command === answer.command : id === answer.id));
  for (const group of answers.steps ?? []) {
    const fresh: StepAnswer[] = [];
    for (const answer of stepsIn([group])) {
      const step = find(answer);
      if (step === undefined) {
        fresh.push(answer);
        continue;
      }
      const keys = differing(step, answer, file, system);
      if (keys.length === 0) continue;
      said.set(step.id!, keys);
      merged.set(step.id!, mergedStep(step, answer));
    }
    if (fresh.length > 0) added.push(fresh.length > 1 || "parallel" in group ? { parallel: fresh } : fresh[0]!);
  }
  const isElse = (["trigger", "deadline"] as const).some(
    (key) => answers[key] !== undefined && answers[key] !== value[key],
  );
  const isEnding = endings.some((key) => answers[key] && answers[key].command !== (value[key] as StepValue)?.command);
  if (said.size === 0 && added.length === 0 && !isElse && !isEnding) return undefined;
  const there = (value.steps as unknown as readonly GroupAnswer[]).map((group): GroupAnswer => {
    if ("parallel" in group) return { parallel: group.parallel.map((step) => merged.get(step.id!) ?? step) };
    return merged.get(group.id!) ?? group;
  });
  const ids = new Set(known.map(({ id }) => id));
  return {
    groups: added.reduce<readonly GroupAnswer[]>((all, group) => placed(all, group, system), there),
    isNew: (group) => !group.some(({ id }) => ids.has(id)),
    said,
  };
}

/** Steps that can be undone come before the point of no return, what is retried at the end. */
function placed(all: readonly GroupAnswer[], group: GroupAnswer, system: System): readonly GroupAnswer[] {
  const kindOf = (each: GroupAnswer) => stepsIn([each])[0]?.kind ?? "compensatable";
  const isPast = all.some((each) => kindOf(each) !== "compensatable");
  const [first] = stepsIn([group]);
  const isUndoable =
    first?.compensation !== undefined || undoing(findCommand(system, first?.command ?? "")) !== undefined;
  const kind = first?.kind ?? (isPast && !isUndoable ? "retriable" : "compensatable");
  const later = { compensatable: ["pivot", "retriable"], pivot: ["retriable"], retriable: [] as string[] }[kind];
  const found = all.findIndex((each) => later.includes(kindOf(each)));
  const at = found < 0 ? all.length : found;
  const withKind = "parallel" in group ? group : { ...group, kind };
  return [...all.slice(0, at), withKind, ...all.slice(at)];
}

/** The keys of an answer that say something else than the step does. */
function differing(step: StepAnswer, answer: StepAnswer, file: string, system: System): readonly (keyof StepAnswer)[] {
  const { service } = findCommand(system, step.command);
  const event = (text: string) => `${service.name}.${ownEvent(service, text)}`;
  const keys: (keyof StepAnswer)[] = [];
  if (answer.id !== undefined && answer.command !== step.command) {
    throw new EdaError(`The step ${step.id} is there already, with command ${step.command}`, {
      hint: `Change ${file} by hand, or give the new step another id`,
    });
  }
  if (answer.kind !== undefined && answer.kind !== (step.kind ?? "compensatable")) keys.push("kind");
  for (const key of ["success", "failure"] as const) {
    if (answer[key] !== undefined && event(answer[key]) !== step[key]) keys.push(key);
  }
  for (const key of ["timeout", "reason", "on"] as const) {
    if (answer[key] !== undefined && answer[key] !== step[key]) keys.push(key);
  }
  for (const key of ["input", "retry"] as const) if (!isWithin(answer[key], step[key])) keys.push(key);
  if (answer.compensation === "none" && typeof step.compensation === "object") {
    throw new EdaError(`The step ${step.id} has a compensation, and adding takes nothing away`, {
      hint: `Change ${file} by hand`,
    });
  }
  if (answer.compensation !== undefined && !isWithin(answer.compensation, step.compensation)) keys.push("compensation");
  return keys;
}

function isWithin(some: unknown, all: unknown): boolean {
  if (some === undefined || isDeepStrictEqual(some, all)) return true;
  if (typeof some !== "object" || some === null || typeof all !== "object" || all === null) return false;
  return Object.entries(some).every(([key, value]) => isWithin(value, (all as StepValue)[key]));
}

function mergedStep(step: StepAnswer, answer: StepAnswer): StepAnswer {
  const undo = answer.compensation;
  const own = step.compensation;
  const isSame = typeof undo === "object" && typeof own === "object" && undo.command === own.command;
  return {
    ...step,
    ...answer,
    ...(answer.input && { input: { ...step.input, ...answer.input } }),
    ...(answer.retry && { retry: { ...step.retry, ...answer.retry } }),
    ...(isSame && { compensation: { ...own, ...undo, input: { ...own.input, ...undo.input } } }),
  };
}

/** The file's value with what is set in it; new steps and endings are lines of their own. */
function changedValue(value: SagaValue, draft: SagaDraft, said: Changes["said"], answers: SagaAnswers): SagaValue {
  const drafted = new Map(draft.groups.flat().map((step) => [step.id, step]));
  const step = (own: StepValue): StepValue => {
    if (Array.isArray(own.parallel)) return { ...own, parallel: own.parallel.map(step) };
    const keys = said.get(own.id as string) ?? [];
    const now = drafted.get(own.id as string);
    return now ? Object.assign({ ...own }, ...keys.map((key) => written(now, key))) : own;
  };
  const changed = endings.flatMap((key) => {
    const ending = draft[key];
    const own = value[key] as StepValue | undefined;
    return own && ending && own.command !== ending.command ? [[key, source(ending)]] : [];
  });
  return {
    ...value,
    ...(answers.trigger !== undefined && { trigger: answers.trigger }),
    ...(answers.deadline !== undefined && { deadline: answers.deadline }),
    ...Object.fromEntries(changed),
    steps: value.steps.map(step),
  };
}

function written(step: DraftStep, key: keyof StepAnswer): StepValue {
  const { compensation } = step;
  if (key !== "compensation") return { [key]: step[key as keyof DraftStep] };
  if (compensation === undefined) return {};
  return "none" in compensation
    ? { compensation: "none", reason: compensation.none }
    : { compensation: source(compensation) };
}

function source(command: DraftCommand): StepValue {
  return Object.fromEntries(Object.entries(command).filter(([, value]) => value !== undefined));
}

function insertions(draft: SagaDraft, isNew: Changes["isNew"]) {
  let behind = 0;
  return draft.groups.flatMap((group) => {
    if (isNew(group)) return [{ behind, lines: (indent: number) => printGroups([group], indent) }];
    behind++;
    return [];
  });
}
