import type { ServiceJournal } from "../../service/admin-journal-api.ts";
import type { Fact, Handling, Told } from "./fact.ts";
import { factsOf } from "./facts.ts";

/** What has happened under one correlation id, in every service that was asked. */
export interface Timeline {
  readonly correlationId: string;
  /** In the order in which they first did something. */
  readonly services: readonly string[];
  readonly entries: readonly TimelineEntry[];
  readonly sagas: readonly {
    readonly id: string;
    readonly service: string;
    readonly status: string;
    readonly stuck: boolean;
  }[];
  /** What is missing from the story, each as a sentence. */
  readonly gaps: readonly string[];
}

export interface TimelineEntry extends Told {
  /** ISO 8601, UTC, by the database of its service. */
  readonly at: string;
  /** Milliseconds since the entry before; 0 where the clocks of two databases disagree. */
  readonly afterMs: number;
}

/**
 * Puts what services know into one order: by time, but nothing before what led to it, for the clocks of two databases
 * are never quite the same.
 *
 * @param unreached a sentence for each service that could not be asked
 */
export function timelineOf(
  correlationId: string,
  journals: readonly ServiceJournal[],
  handlings: readonly Handling[],
  unreached: readonly string[] = [],
): Timeline {
  const facts = factsOf(journals, handlings);
  const placed = inOrder(facts);
  const entries = placed.map(({ fact, micros }, index): TimelineEntry => {
    const before = placed[index - 1]?.micros ?? micros;
    return { ...fact.told, at: fact.at, afterMs: (micros - before) / 1_000 };
  });
  const sagas = journals.flatMap(({ service, sagas: all }) =>
    all.map(({ id, status, stuck }) => ({ id, service, status, stuck })),
  );
  return {
    correlationId,
    services: [...new Set(entries.map(({ service }) => service))],
    entries,
    sagas,
    gaps: [...unreached, ...gapsIn(journals, facts)],
  };
}

interface Placed {
  readonly fact: Fact;
  /** Microseconds since 1970, and never before what led to it. */
  readonly micros: number;
  readonly depth: number;
}

function inOrder(facts: readonly Fact[]): readonly Placed[] {
  const byId = new Map(facts.flatMap((fact) => (fact.id === undefined ? [] : [[fact.id, fact] as const])));
  const placed = new Map<Fact, Placed>();
  for (const fact of facts) {
    // No recursion: a chain of causes may be longer than the stack is deep.
    const path = [fact];
    const isOnPath = new Set(path);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const causes = last.causes.flatMap((id) => byId.get(id) ?? []);
      const next = placed.has(last) ? undefined : causes.find((one) => !placed.has(one) && !isOnPath.has(one));
      if (next !== undefined) {
        path.push(next);
        isOnPath.add(next);
        continue;
      }
      path.pop();
      isOnPath.delete(last);
      if (placed.has(last)) continue;
      const before = causes.flatMap((one) => placed.get(one) ?? []);
      const micros = before.reduce((latest, one) => Math.max(latest, one.micros), microsOf(last.at));
      placed.set(last, { fact: last, micros, depth: before.reduce((most, { depth }) => Math.max(most, depth + 1), 0) });
    }
  }
  return facts
    .map((fact) => placed.get(fact)!)
    .sort((one, other) => one.micros - other.micros || one.depth - other.depth);
}

function microsOf(iso: string): number {
  const [seconds = "", fraction = ""] = iso.replace(/Z$/, "").split(".");
  return Date.parse(`${seconds}Z`) * 1_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}

function gapsIn(journals: readonly ServiceJournal[], facts: readonly Fact[]): readonly string[] {
  const known = new Set(facts.map(({ id }) => id));
  const lost = new Set(facts.flatMap(({ told, from }) => (from && !known.has(from) && told.messageId ? [from] : [])));
  const kept = journals.flatMap(({ service, keepsMessages }) => (keepsMessages ? [`${service} ${keepsMessages}`] : []));
  return [
    ...(lost.size === 0
      ? []
      : [
          `${lost.size === 1 ? "a message that led to what is shown is" : `${lost.size} messages that led to what is shown are`} not kept any ` +
            `more, or by a service that was not asked; kept after sending: ${kept.join(", ") || "nothing"}`,
        ]),
    ...journals.flatMap(({ service, more }) => (more ? [`${service} knows more than is shown`] : [])),
  ];
}
