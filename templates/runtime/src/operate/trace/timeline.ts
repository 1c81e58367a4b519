import type { ServiceJournal } from "../../service/admin-journal-api.ts";
import { type Fact, factsOf, type Handling, type Told } from "./facts.ts";

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
  const place = (fact: Fact, path: ReadonlySet<Fact>): Placed => {
    const known = placed.get(fact);
    if (known !== undefined) return known;
    const cause = fact.causes.flatMap((id) => byId.get(id) ?? []).filter((one) => one !== fact && !path.has(one));
    const causes = cause.map((one) => place(one, new Set([...path, fact])));
    const micros = Math.max(microsOf(fact.at), ...causes.map((one) => one.micros));
    const found = { fact, micros, depth: 1 + Math.max(-1, ...causes.map(({ depth }) => depth)) };
    placed.set(fact, found);
    return found;
  };
  return facts
    .map((fact) => place(fact, new Set()))
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
