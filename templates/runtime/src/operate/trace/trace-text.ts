import { counted, oneLine, span } from "../screen.ts";
import type { Kind } from "./fact.ts";
import type { Timeline, TimelineEntry } from "./timeline.ts";

/** A timeline as lines of at most `width` columns, aligned; colours where the terminal takes them. */
export function traceText(timeline: Timeline, width: number, colour: boolean): string {
  const { correlationId, services, entries, sagas, gaps } = timeline;
  const spent = Date.parse(entries.at(-1)?.at ?? "") - Date.parse(entries[0]?.at ?? "");
  const size = `${counted(entries.length, "entry").replace(/entrys$/, "entries")}, ${counted(services.length, "service")}`;
  const head = [
    oneLine(`${correlationId}: ${size}, ${span(Math.max(0, spent))}`, width),
    oneLine(`from ${entries[0]?.at.slice(0, 10)}; times are UTC, an id is its last eight characters`, width),
    ...sagas.map(({ id, service, status, stuck }) =>
      oneLine(`saga ${id} of ${service}: ${status}${stuck ? ", stuck" : ""}`, 600),
    ),
  ];
  const widest = (read: (entry: TimelineEntry) => string) => Math.max(0, ...entries.map((entry) => read(entry).length));
  const names = Math.min(
    20,
    widest(({ service }) => service),
  );
  const kinds = widest(({ kind }) => kind);
  const lines = entries.map((entry, index) => {
    const { at, afterMs, service, kind, what, messageId, detail } = entry;
    const after = index === 0 ? "" : `+${span(afterMs)}`;
    const columns = `${at.slice(11, 23)} ${after.padStart(8)}  ${oneLine(service, names).padEnd(names)} ${kind.padEnd(kinds)} `;
    const told = `${what}${messageId === undefined || kind === "saga" ? "" : ` ${messageId.slice(-8)}`}`;
    const line = `${columns}${told}${detail === undefined ? "" : `  ${detail}`}`;
    if (line.length <= width) return painted(oneLine(line, width), kind, colour);
    // Below, where there is more room: what it is about too, if that does not fit beside its time. Nothing is cut off.
    const beside = `${columns}${told}`.length <= width;
    const below = [...(beside ? [] : [told]), ...(detail === undefined ? [] : [detail])];
    const parts = [beside ? `${columns}${told}` : columns.trimEnd(), ...below.flatMap((text) => wrapped(text, width))];
    return parts.map((part) => painted(part, kind, colour)).join("\n");
  });
  return [
    ...head,
    "",
    ...lines,
    ...(gaps.length === 0 ? [] : ["", ...gaps.map((gap) => `missing: ${oneLine(gap, 500)}`)]),
  ].join("\n");
}

/** Where details begin that do not fit beside what they are about. */
const BELOW = 24;

/** In lines of at most `width` columns, broken between words; a longer word is broken too. */
function wrapped(text: string, width: number): readonly string[] {
  const room = Math.max(20, width - BELOW);
  const words = oneLine(text, 2_000).match(new RegExp(`\\S{1,${room}}`, "gu")) ?? [];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${" ".repeat(BELOW)}${line}`);
}

const COLOURS: Partial<Readonly<Record<Kind, number>>> = {
  request: 36,
  compensation: 33,
  retry: 33,
  timeout: 33,
  waiting: 33,
  "no-op": 2,
  handled: 2,
  stuck: 31,
  "dead letter": 31,
  operator: 35,
};

function painted(line: string, kind: Kind, colour: boolean): string {
  const code = COLOURS[kind];
  return colour && code !== undefined ? `\u001b[${code}m${line}\u001b[0m` : line;
}
