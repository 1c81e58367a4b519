import type { Transaction } from "../../database/database.ts";
import type { SagaDirection } from "../definition.ts";
import type { SagaStatus, Stage, StuckReason } from "../transition.ts";

/** What is left out matches everything. */
export interface SagaFilter {
  readonly saga?: string;
  /** Default `open`: running and compensating. */
  readonly status?: SagaStatus | "open" | "ended";
  readonly stuck?: boolean;
  /** Stuck in it; where `stuck` is not asked for, also waiting in it. */
  readonly step?: string;
  /** Of `step`. */
  readonly direction?: SagaDirection;
  /** Started then or later. */
  readonly since?: Date;
}

export interface SagaRow extends Record<string, unknown> {
  readonly id: string;
  readonly saga: string;
  readonly version: number;
  readonly status: SagaStatus;
  readonly stuck: boolean;
  readonly revision: bigint;
  readonly correlationId: string;
  readonly startedAt: Date;
  readonly updatedAt: Date;
  readonly endedAt: Date | null;
  readonly at: readonly SagaPlace[];
}

/** A stage that waits or is stuck. */
export interface SagaPlace extends Stage {
  readonly round: number;
  readonly attempt: number;
  readonly stuck?: StuckReason;
  readonly asked?: "skip" | "fail";
}

type Reader = Pick<Transaction, "query">;

/** Of a course. A parked row is apart from what the machine waits for besides, and hides it as the reason. */
const IS_STUCK = "course.value ?| ARRAY['stuck', 'parked']";

export const SAGA_COLUMNS = `s.id, s.saga, d.version, s.status, s.stuck, s.revision, s.correlationid AS "correlationId",
  s.started_at AS "startedAt", s.updated_at AS "updatedAt", s.ended_at AS "endedAt",
  (SELECT coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
            'step', step.key, 'direction', course.key, 'round', course.value -> 'round',
            'attempt', course.value -> 'attempt', 'asked', course.value -> 'asked',
            'stuck', CASE WHEN course.value ? 'parked' THEN '"parked"' ELSE course.value -> 'stuck' END))
            ORDER BY NOT ${IS_STUCK}, step.key, course.key), '[]')
   FROM jsonb_each(s.state -> 'steps') AS step, jsonb_each(step.value) AS course
   WHERE ${IS_STUCK} OR course.value ->> 'status' = 'waiting') AS at`;

export const SAGA_TABLES =
  "public.saga AS s JOIN public.saga_definition AS d ON d.saga = s.saga AND d.hash = s.definition_hash";

/** The filter as $1 to $6. Null matches everything, so that one statement serves them all. */
const MATCHING = `($1::text IS NULL OR s.saga = $1) AND ($2::text IS NULL OR s.status = $2) AND (NOT $3::boolean OR s.stuck)
  AND ($4::text IS NULL OR EXISTS (
    SELECT FROM jsonb_each(s.state -> 'steps' -> $4) AS course
    WHERE ($5::text IS NULL OR course.key = $5)
      AND (${IS_STUCK} OR (NOT $3::boolean AND course.value ->> 'status' = 'waiting'))))
  AND ($6::timestamptz IS NULL OR s.started_at >= $6)`;

/**
 * Two arms, each one of the table's partial indexes: those that have ended may be millions, and are not looked at. A
 * stuck saga has never ended.
 */
const OPEN = "((s.ended_at IS NULL AND NOT s.stuck) OR s.stuck)";
/** Whoever started since then has ended since then, which the index on the end can use. */
const ENDED = "s.ended_at IS NOT NULL AND ($6::timestamptz IS NULL OR s.ended_at >= $6)";

const LIST_OPEN = `SELECT ${SAGA_COLUMNS} FROM ${SAGA_TABLES}
  WHERE ${OPEN} AND ${MATCHING}
    AND ($7::text IS NULL OR (s.started_at, s.id) > (SELECT last.started_at, last.id FROM public.saga AS last WHERE last.id = $7))
  ORDER BY s.started_at, s.id LIMIT $8`;
const LIST_ENDED = `SELECT ${SAGA_COLUMNS} FROM ${SAGA_TABLES}
  WHERE ${ENDED} AND ${MATCHING}
    AND ($7::text IS NULL OR (s.ended_at, s.id) < (SELECT last.ended_at, last.id FROM public.saga AS last WHERE last.id = $7))
  ORDER BY s.ended_at DESC, s.id DESC LIMIT $8`;
const COUNT_OPEN = `SELECT count(*)::integer AS count FROM public.saga AS s WHERE ${OPEN} AND ${MATCHING}`;
const COUNT_ENDED = `SELECT count(*)::integer AS count
  FROM (SELECT FROM public.saga AS s WHERE ${ENDED} AND ${MATCHING} LIMIT $7) AS counted`;

/** Open ones the oldest first, those that have ended the latest first; `after` is the id of the last one seen. */
export async function listSagas(
  reader: Reader,
  filter: SagaFilter,
  page: { readonly limit: number; readonly after?: string },
): Promise<readonly SagaRow[]> {
  const list = isOfEnded(filter) ? LIST_ENDED : LIST_OPEN;
  return (await reader.query<SagaRow>(list, [...filterValues(filter), page.after ?? null, page.limit])).rows;
}

/** Of those that have ended, at most `atMost + 1`. */
export async function countSagas(reader: Reader, filter: SagaFilter, atMost: number): Promise<number> {
  const values = filterValues(filter);
  const { rows } = await (isOfEnded(filter)
    ? reader.query<{ count: number }>(COUNT_ENDED, [...values, atMost + 1])
    : reader.query<{ count: number }>(COUNT_OPEN, values));
  return rows[0]?.count ?? 0;
}

/** What an operator's verb for many would change: each with the revision that it has now. */
export async function stuckSagas(
  reader: Reader,
  filter: SagaFilter & Stage,
): Promise<readonly { readonly id: string; readonly revision: bigint }[]> {
  const { rows } = await reader.query<{ id: string; revision: bigint }>(
    `SELECT s.id, s.revision FROM public.saga AS s WHERE s.stuck AND ${MATCHING} ORDER BY s.started_at, s.id`,
    filterValues({ ...filter, stuck: true }),
  );
  return rows;
}

export async function findSaga(reader: Reader, id: string): Promise<SagaRow | undefined> {
  const { rows } = await reader.query<SagaRow>(`SELECT ${SAGA_COLUMNS} FROM ${SAGA_TABLES} WHERE s.id = $1`, [id]);
  return rows[0];
}

const OVER: readonly unknown[] = [
  "ended",
  "completed",
  "compensated",
  "completed-with-exceptions",
  "compensated-with-exceptions",
];

function isOfEnded({ status }: SagaFilter): boolean {
  return OVER.includes(status);
}

function filterValues({ saga, status, stuck, step, direction, since }: SagaFilter): unknown[] {
  const one = status === "open" || status === "ended" ? undefined : status;
  return [saga ?? null, one ?? null, stuck ?? false, step ?? null, direction ?? null, since ?? null];
}
