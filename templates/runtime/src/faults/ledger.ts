import { createDatabase } from "../database/create-database.ts";
import type { Database } from "../database/database.ts";
import type { RunningService } from "../embedded/running-file.ts";
import type { Message } from "../message/message.ts";
import type { Accepted } from "./load.ts";
import { type SagaTally, tallySagas } from "./saga-tally.ts";
import type { FaultedService } from "./services.ts";

/** What the databases and topics hold, against what was accepted. */
export interface Ledger {
  readonly accepted: number;
  /** Different events on the topics. */
  readonly events: number;
  /** Events that a relay has sent a second time. */
  readonly repeated: number;
  /** In outboxes, on their way to a consumer, and sagas in flight: nothing is final while there are any. */
  readonly onTheirWay: number;
  /** Events of accepted requests that are on no topic, events that a subscriber has not handled, triggers without saga. */
  readonly lost: number;
  /** Versions of an aggregate that two events claim, and steps of sagas that two events tell of. */
  readonly appliedTwice: number;
  readonly deadLetters: number;
  readonly sagas: SagaTally;
}

export async function readLedger(
  services: readonly FaultedService[],
  running: readonly RunningService[],
  accepted: readonly Accepted[],
  seen: readonly Message[],
): Promise<Ledger> {
  const events = [...new Map(seen.map((message) => [message.id, message])).values()];
  const databases = new Map<string, Database>();
  try {
    for (const { name, databaseUrl } of running) databases.set(name, createDatabase({ url: databaseUrl, max: 2 }));
    const of = (service: string) => databases.get(service) ?? fail(`${service} does not run`);
    const counted = { onTheirWay: 0, lost: missingVersions(accepted, events), deadLetters: 0 };
    for (const { definition } of services) {
      const database = of(definition.name);
      counted.onTheirWay += await countRows(database, "SELECT count(*) FROM public.outbox");
      counted.deadLetters += await countRows(
        database,
        "SELECT count(*) FROM public.dead_letter WHERE status IN ('failed', 'waiting', 'replaying')",
      );
      counted.lost += await notHandled(database, definition.name, definition.subscriptions, events);
    }
    const sagas = await tallySagas(services, of, events);
    return {
      accepted: accepted.length,
      events: events.length,
      repeated: seen.length - events.length,
      ...counted,
      onTheirWay: counted.onTheirWay + sagas.inFlight,
      lost: counted.lost + sagas.notBegun,
      appliedTwice: claimedTwice(events) + sagas.appliedTwice,
      sagas,
    };
  } finally {
    for (const database of databases.values()) await database.close();
  }
}

export function isFaultless({ lost, appliedTwice, deadLetters, onTheirWay, sagas }: Ledger): boolean {
  return lost + appliedTwice + deadLetters + onTheirWay + sagas.stuck + sagas.inconsistent === 0;
}

export function ledgerLines(ledger: Ledger): readonly string[] {
  const { sagas } = ledger;
  const rows: readonly (readonly [string, number])[] = [
    ["requests accepted", ledger.accepted],
    ["events on the topics", ledger.events],
    ["sent twice by a relay, kept out", ledger.repeated],
    ["sagas completed", sagas.completed],
    ["sagas compensated", sagas.compensated],
    ["sagas stuck", sagas.stuck],
    ["sagas that ended against their steps", sagas.inconsistent],
    ["dead letters", ledger.deadLetters],
    ["still on their way", ledger.onTheirWay],
  ];
  return [
    ...rows.map(([what, count]) => `  ${what.padEnd(38)} ${String(count).padStart(6)}`),
    `  lost ${ledger.lost}, applied twice ${ledger.appliedTwice}`,
  ];
}

/** An accepted request's token names the version that its aggregate had after it: there is an event of each up to it. */
function missingVersions(accepted: readonly Accepted[], events: readonly Message[]): number {
  const known = new Set(
    events.map(({ source, subject, aggregateversion }) => `${source}/${subject}@${aggregateversion}`),
  );
  return accepted.reduce((missing, { service, token }) => {
    const [, id = "", version = "0"] = /^[^/]+\/[^/]+\/(.*)@(\d+)$/.exec(token) ?? [];
    const wanted = Array.from({ length: Number(version) }, (_, at) => `/${service}/${id}@${at + 1}`);
    return missing + wanted.filter((each) => !known.has(each)).length;
  }, 0);
}

function claimedTwice(events: readonly Message[]): number {
  const versions = new Set(
    events.map(({ source, subject, aggregateversion }) => `${source}/${subject}@${aggregateversion}`),
  );
  return events.length - versions.size;
}

async function notHandled(
  database: Database,
  consumer: string,
  subscriptions: FaultedService["definition"]["subscriptions"],
  events: readonly Message[],
): Promise<number> {
  const types = new Set(subscriptions.map(({ type }) => type));
  const ids = events.filter(({ type }) => types.has(type)).map(({ id }) => id);
  return countRows(
    database,
    `SELECT count(*) FROM unnest($2::uuid[]) AS id
     WHERE NOT EXISTS (SELECT FROM public.inbox WHERE consumer = $1 AND message_id = id)`,
    [consumer, ids],
  );
}

async function countRows(database: Database, text: string, values: readonly unknown[] = []): Promise<number> {
  const { rows } = await database.query<{ count: bigint }>(text, values);
  return Number(rows[0]?.count ?? 0n);
}

function fail(message: string): never {
  throw new Error(message);
}
