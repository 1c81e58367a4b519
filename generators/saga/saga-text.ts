import { isDeepStrictEqual } from "node:util";
import { EdaError } from "../_system/errors.ts";
import { behindLines, columnAt } from "../_system/lines.ts";
import { onDemand } from "../_system/on-demand.ts";
import { Positions } from "../_system/positions.ts";
import { reconcile } from "../_system/reconcile.ts";
import { type Splice, spliced } from "../_system/splice.ts";
import { endOf, type ListNode, type MapNode, nearestNode, plainValue, resolved } from "../_system/tree.ts";

/** A definition's file as a person wrote it: read with its places, edited with its comments. */
export interface SagaText {
  readonly file: string;
  readonly text: string;
  readonly root: MapNode;
  readonly value: SagaValue;
}

export type SagaValue = Readonly<Record<string, unknown>> & { readonly steps: readonly StepValue[] };
export type StepValue = Readonly<Record<string, unknown>>;

/** Throws an `EdaError` where the text is no definition at all; the validator says what else is wrong with it. */
export function readSagaText(text: string, file: string): SagaText {
  const reading = onDemand.readYaml().readYaml(text);
  if ("wrong" in reading) {
    const place = new Positions(file, text).place(Math.min(reading.at, text.length));
    throw new EdaError(`${file} is not readable YAML: ${reading.wrong}`, { hint: reading.hint, place });
  }
  const root = resolved(reading.root);
  const value = plainValue(root) as SagaValue;
  if (root.kind === "map" && isListOfSteps(value.steps)) return { file, text, root, value };
  throw new EdaError(`${file} is not a saga's definition, so nothing can be added to it`, {
    hint: `\`eda validate ${file}\` says what is wrong`,
  });
}

/** The text so that it says another value with the same steps. */
export function withValue({ file, text, root, value }: SagaText, wanted: SagaValue): SagaText {
  const written = spliced(text, reconcile(text, root, value, wanted));
  return readBack(written, file, wanted);
}

/** The text with more steps, given as lines: each behind as many of those that are there as its number says. */
export function withSteps(
  before: SagaText,
  added: readonly { readonly behind: number; readonly lines: (indent: number) => readonly string[] }[],
): SagaText {
  if (added.length === 0) return before;
  const { file, text, root, value } = before;
  const { node } = nearestNode(root, ["steps"]);
  if (node.kind !== "list" || node.flow || node.items.length === 0) throw cannotEdit(file);
  const indent = columnAt(text, dashOf(text, node, 0));
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const splices = added.map(({ behind, lines }): Splice => {
    const dash = dashOf(text, node, 0);
    const at = behind === 0 ? dash - columnAt(text, dash) : behindLines(text, endOf(node.items[behind - 1]!), indent);
    const block = lines(indent).join(eol);
    return { start: at, end: at, text: at > 0 && text[at - 1] !== "\n" ? eol + block : block + eol };
  });
  const after = readSagaText(spliced(text, splices) ?? text, file);
  const isWhole = after.value.steps.length === value.steps.length + added.length;
  const rest = (of: SagaValue) => ({ ...of, steps: [] });
  const kept = after.value.steps.filter((step) => value.steps.some((known) => isDeepStrictEqual(known, step)));
  if (!isWhole || kept.length !== value.steps.length || !isDeepStrictEqual(rest(after.value), rest(value))) {
    throw cannotEdit(file);
  }
  return after;
}

/** The text with lines at its end that give it a key more. */
export function withKey(before: SagaText, key: string, lines: readonly string[]): SagaText {
  const { file, text, value } = before;
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const after = readSagaText(`${text}${text.endsWith("\n") ? "" : eol}${lines.join(eol)}${eol}`, file);
  const { [key]: added, ...rest } = after.value;
  if (added === undefined || !isDeepStrictEqual(rest, { ...value })) throw cannotEdit(file);
  return after;
}

function dashOf(text: string, { items }: ListNode, at: number): number {
  return text.lastIndexOf("-", items[at]!.start - 1);
}

function readBack(text: string | undefined, file: string, wanted: SagaValue): SagaText {
  if (text === undefined) throw cannotEdit(file);
  const after = readSagaText(text, file);
  if (!isDeepStrictEqual(after.value, wanted)) throw cannotEdit(file);
  return after;
}

function cannotEdit(file: string): EdaError {
  return new EdaError(`${file} is written in a way that this change does not fit into`, {
    hint: "Make the change by hand, or write its steps as a list with one key a line",
  });
}

function isListOfSteps(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isStepOrGroup);
}

function isStepOrGroup(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { id, command, parallel } = value as StepValue;
  if (parallel !== undefined) return Array.isArray(parallel) && parallel.every(isStepOrGroup);
  return typeof id === "string" && typeof command === "string";
}
