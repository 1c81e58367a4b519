import { beginsItsLine, columnAt, lineStop } from "./lines.ts";
import type { Splice } from "./splice.ts";

/** An entry of a map in braces or an item of a list in brackets. */
export interface FlowPart {
  readonly start: number;
  readonly end: number;
  /** To be cut out. */
  readonly gone: boolean;
}

/** Cuts and adds parts between braces or brackets, commas included; at least one part stays. */
export function* reconcileFlow(
  text: string,
  parts: readonly FlowPart[],
  added: readonly string[],
  eol: string,
): Iterable<Splice> {
  yield* cuts(parts);
  if (added.length > 0) yield* additions(text, parts, added, eol);
}

function* cuts(parts: readonly FlowPart[]): Iterable<Splice> {
  for (let at = 0; at < parts.length; at++) {
    if (!parts[at]!.gone) continue;
    const first = at;
    while (parts[at + 1]?.gone) at++;
    const next = parts[at + 1];
    if (next !== undefined) yield { start: parts[first]!.start, end: next.start, text: "" };
    else yield { start: parts[first - 1]!.end, end: parts[at]!.end, text: "" };
  }
}

function* additions(text: string, parts: readonly FlowPart[], added: readonly string[], eol: string): Iterable<Splice> {
  const last = parts.at(-1)!;
  const inline = { start: last.end, end: last.end, text: `, ${added.join(", ")}` };
  if (last.gone || !beginsItsLine(text, last.start)) return yield inline;
  // One part a line: the new ones get lines too, below a comment that belongs to the last one.
  const comma = /\s*,/y;
  comma.lastIndex = last.end;
  const hasComma = comma.test(text);
  const stop = lineStop(text, last.end);
  const rest = text.slice(hasComma ? comma.lastIndex : last.end, stop);
  if (!/^[ \t]*(?:#.*)?$/.test(rest)) return yield inline;
  const margin = eol + text.slice(last.start - columnAt(text, last.start), last.start);
  if (!hasComma) yield { start: last.end, end: last.end, text: "," };
  yield { start: stop, end: stop, text: `${margin}${added.join(`,${margin}`)}${hasComma ? "," : ""}` };
}
