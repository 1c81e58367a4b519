import { counted, oneLine } from "../screen.ts";
import type { Kind } from "./facts.ts";
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
      oneLine(`saga ${id} of ${service}: ${status}${stuck ? ", stuck" : ""}`, width),
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
    if (detail === undefined || line.length <= width) return painted(oneLine(line, width), kind, colour);
    // Below what it is about, where it has more room.
    const below = `${" ".repeat(BELOW)}${oneLine(detail, Math.max(20, width - BELOW))}`;
    return [oneLine(`${columns}${told}`, width), below].map((part) => painted(part, kind, colour)).join("\n");
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

/** `12 ms`, `1.5 s`, `4 min`, `3 h`, `2 d`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
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
