import type { Database } from "../database/database.ts";
import type { Envelope } from "../message/message.ts";
import {
  type HandledPage,
  type JournaledLetter,
  type JournaledMessage,
  type JournaledMove,
  type JournaledRequest,
  type JournaledSaga,
  journalLimit,
  type ServiceJournal,
} from "../service/admin-journal-api.ts";
import type { ServiceDefinition } from "../service/definition.ts";

type Queries = Pick<Database, "query">;
type Row = Record<string, unknown>;

/** Whatever the service's own tables know of a correlation id, or of a saga that it hosts. */
export async function readJournal(
  database: Queries,
  definition: ServiceDefinition,
  id: string,
): Promise<ServiceJournal> {
  const requests = await readRequests(database, id);
  const messages = definition.outbox === undefined ? [] : await readMessages(database, id);
  const sagas = (definition.sagas?.length ?? 0) === 0 ? { items: [], moves: 0 } : await readSagas(database, id);
  const deadLetters = await readLetters(database, id);
  return {
    service: definition.name,
    requests: requests.slice(0, journalLimit),
    messages: messages.slice(0, journalLimit),
    sagas: sagas.items,
    deadLetters: deadLetters.slice(0, journalLimit),
    ...(definition.outbox === undefined ? {} : { keepsMessages: definition.outbox.retention }),
    more: [requests, messages, deadLetters].some(({ length }) => length > journalLimit) || sagas.moves > journalLimit,
  };
}

/** Which of these messages this service's consumers have decided about, and when. */
export async function readHandled(database: Queries, ids: readonly string[]): Promise<HandledPage> {
  const { rows } = await database.query<HandledPage["handled"][number] & Row>(
    // The consumers first, so that the primary key of the inbox finds the marks.
    `SELECT message_id AS "messageId", consumer, ${iso("decided_at")} AS at
     FROM public.inbox
     WHERE consumer = ANY (ARRAY(SELECT DISTINCT consumer FROM public.inbox_position)) AND message_id = ANY ($1::uuid[])
     ORDER BY decided_at`,
    [ids],
  );
  return { handled: rows };
}

async function readRequests(database: Queries, id: string): Promise<readonly JournaledRequest[]> {
  const { rows } = await database.query<JournaledRequest & Row>(
    `SELECT ${iso("at")} AS at, command, status::integer AS status, milliseconds, replayed
     FROM public.request_journal WHERE correlationid = $1 ORDER BY at LIMIT ${journalLimit + 1}`,
    [id],
  );
  return rows;
}

async function readMessages(database: Queries, id: string): Promise<readonly JournaledMessage[]> {
  const { rows } = await database.query<{
    id: string;
    type: string;
    topic: string;
    key: string;
    envelope: string;
    at: string;
    sentAt: string | null;
    parked: string | null;
  }>(
    `SELECT id, type, topic, aggregateid AS key, headers::text AS envelope, ${iso("created_at")} AS at,
            ${iso("published_at")} AS "sentAt", NULL AS parked
     FROM public.outbox_published WHERE (headers ->> 'correlationid') COLLATE "C" = $1
     UNION ALL
     SELECT o.id, o.type, o.topic, o.aggregateid, o.headers::text, ${iso("o.created_at")}, NULL, b.reason
     FROM public.outbox o
     LEFT JOIN public.outbox_blocked b
       ON b.topic = o.topic AND b.aggregateid = o.aggregateid AND b.parked_at IS NOT NULL
     WHERE o.headers ->> 'correlationid' = $1
     ORDER BY at LIMIT ${journalLimit + 1}`,
    [id],
  );
  return rows.map(({ envelope, sentAt, parked, ...row }) => ({
    ...row,
    ...(sentAt === null ? {} : { sentAt }),
    ...(parked === null ? {} : { parked }),
    ...attributes(JSON.parse(envelope) as Envelope),
  }));
}

function attributes(envelope: Envelope) {
  const { causationid, sagaid, sagastep, sagadirection, saground, sagaattempt } = envelope;
  const { sagapurpose, sagaoutcome, saganoop } = envelope;
  return present({
    causationId: causationid,
    sagaId: sagaid,
    step: sagastep,
    direction: sagadirection,
    round: saground,
    attempt: sagaattempt,
    purpose: sagapurpose,
    outcome: sagaoutcome,
    noop: saganoop,
  });
}

async function readSagas(database: Queries, id: string) {
  const { rows } = await database.query<Omit<JournaledSaga, "log"> & Row>(
    `SELECT id, correlationid AS "correlationId", status, stuck FROM public.saga WHERE id = $1
     UNION
     SELECT id, correlationid, status, stuck FROM public.saga WHERE correlationid = $1
     ORDER BY id LIMIT ${journalLimit}`,
    [id],
  );
  const log = await database.query<{ sagaId: string } & { [name in keyof JournaledMove]: JournaledMove[name] | null }>(
    `SELECT saga_id AS "sagaId", ${iso("at")} AS at, what, step, direction, round, attempt, caused_by AS "causedBy", detail
     FROM (SELECT * FROM public.saga_log WHERE saga_id = ANY ($1::text[]) ORDER BY at LIMIT ${journalLimit + 1}) AS earliest
     ORDER BY saga_id, seq`,
    [rows.map((saga) => saga.id)],
  );
  const moves = Map.groupBy(log.rows.slice(0, journalLimit), ({ sagaId }) => sagaId);
  const items = rows.map((saga) => ({
    ...saga,
    log: (moves.get(saga.id) ?? []).map(({ sagaId: _, ...move }) => present(move) as unknown as JournaledMove),
  }));
  return { items, moves: log.rows.length };
}

/** Few, so that they are looked through: their envelope is a header as it came, which need not be JSON. */
async function readLetters(database: Queries, id: string): Promise<readonly JournaledLetter[]> {
  const quoted = JSON.stringify(id);
  const { rows } = await database.query<{ [name in keyof JournaledLetter]: JournaledLetter[name] | null }>(
    `SELECT consumer, message_id AS "messageId", coalesce(type, '(unreadable)') AS type, status, attempts,
            coalesce(split_part(error, E'\\n', 1), 'waits behind an earlier one of its key') AS error,
            ${iso("coalesce(last_failed_at, created_at)")} AS at, ${iso("resolved_at")} AS "resolvedAt", reason
     FROM public.dead_letter
     WHERE strpos(headers ->> 'eda', $1) > 0 OR strpos(headers ->> 'eda', $2) > 0
     ORDER BY id LIMIT ${journalLimit + 1}`,
    [`"correlationid":${quoted}`, `"correlationid": ${quoted}`],
  );
  return rows.map((row) => present(row) as unknown as JournaledLetter);
}

function iso(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}

function present<T extends object>(row: T): { [name in keyof T]?: NonNullable<T[name]> } {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== undefined)) as never;
}
