import type { Timeline, TimelineEntry } from "./timeline.ts";

/**
 * A timeline as a Mermaid sequence diagram: an arrow where a message is handled, a note for what else happened.
 * Participants have ids of our own, and whatever could be syntax in a name is written as an entity.
 */
export function traceMermaid({ services, entries }: Timeline): string {
  const client = entries.some(({ kind }) => kind === "request");
  const ids = new Map(services.map((service, index) => [service, `p${index + 1}`]));
  const idOf = (service: string) => ids.get(service) ?? "p0";
  const reached = new Set(entries.flatMap(({ sender, messageId }) => (sender && messageId ? [messageId] : [])));
  return [
    "sequenceDiagram",
    "  autonumber",
    ...(client ? ["  actor p0 as client"] : []),
    ...services.map((service) => `  participant ${idOf(service)} as ${escaped(service)}`),
    ...entries.flatMap((entry) => linesOf(entry, idOf, reached)),
  ].join("\n");
}

const LOST: ReadonlySet<string> = new Set(["dead letter", "waiting"]);
const MESSAGES: ReadonlySet<string> = new Set(["event", "command", "compensation", "retry", "reply", "no-op"]);

function linesOf(
  entry: TimelineEntry,
  idOf: (service: string) => string,
  reached: ReadonlySet<string>,
): readonly string[] {
  const { service, kind, what, messageId, sender, detail } = entry;
  const self = idOf(service);
  const told = `${what}${detail === undefined ? "" : ` (${detail})`}`;
  if (kind === "request") return [`  p0->>${self}: ${escaped(told)}`];
  if (LOST.has(kind) && sender !== undefined) return [`  ${idOf(sender)}-x${self}: ${escaped(`${kind}: ${told}`)}`];
  if (kind !== "operator" && sender !== undefined) return [`  ${idOf(sender)}->>${self}: ${escaped(told)}`];
  // The arrow says it, where the message has arrived.
  if (MESSAGES.has(kind) && messageId !== undefined && reached.has(messageId)) return [];
  return [`  Note over ${self}: ${escaped(kind === "saga" ? told : `${kind}: ${told}`)}`];
}

/**
 * Letters, digits and what no rule of the grammar begins with stay; the rest are entities (`#59;`), which Mermaid decodes
 * after it has parsed. A colon is one too: behind the word `style` an entity's end would be cut off.
 */
export function escaped(text: string): string {
  return [...text.replace(/\s+/gu, " ")]
    .map((letter) => (/[\p{L}\p{N} ._,()/-]/u.test(letter) ? letter : `#${letter.codePointAt(0)};`))
    .join("")
    .slice(0, 500)
    .replace(/#\d*$/, "");
}
