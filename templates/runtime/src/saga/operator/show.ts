import type { Database } from "../../database/database.ts";
import type { Json, SagaDefinition, SagaDirection } from "../definition.ts";
import type { SagaState, SagaTimer } from "../transition.ts";
import { SAGA_COLUMNS, SAGA_TABLES, type SagaRow } from "./list.ts";

export interface SagaAndStory {
  readonly saga: SagaRow & {
    readonly hash: string;
    readonly definition: SagaDefinition;
    readonly state: SagaState;
    readonly logLength: bigint;
  };
  /** The latest entries, the oldest of them first. */
  readonly log: readonly LogRow[];
  readonly timers: readonly TimerRow[];
}

export interface LogRow extends Record<string, unknown> {
  readonly seq: bigint;
  readonly at: Date;
  readonly what: string;
  readonly step: string | null;
  readonly direction: SagaDirection | null;
  readonly round: number | null;
  readonly attempt: number | null;
  readonly causedBy: string | null;
  readonly detail: Json;
}

export interface TimerRow extends SagaTimer, Record<string, unknown> {
  readonly delayMs: bigint;
  /** Null: its command has not left. */
  readonly dueAt: Date | null;
}

const ONE = `SELECT ${SAGA_COLUMNS}, s.definition_hash AS hash, d.definition, s.state, s.log_length AS "logLength"
  FROM ${SAGA_TABLES} WHERE s.id = $1`;
const LOG = `SELECT seq, at, what, step, direction, round, attempt, caused_by AS "causedBy", detail
  FROM public.saga_log WHERE saga_id = $1 ORDER BY seq DESC LIMIT $2`;
const TIMERS = `SELECT kind, step, direction, round, attempt, delay_ms AS "delayMs", due_at AS "dueAt"
  FROM public.saga_timer WHERE saga_id = $1 ORDER BY due_at NULLS LAST, kind, step, direction`;

/** Where a saga stands and how it came there, all of one moment. */
export async function showSaga(database: Database, id: string, entries: number): Promise<SagaAndStory | undefined> {
  return database.transaction(async (tx) => {
    // One snapshot for all that follows: a log that is a step ahead of the state would mislead.
    await tx.query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    const saga = (await tx.query<SagaAndStory["saga"]>(ONE, [id])).rows[0];
    if (saga === undefined) return undefined;
    const log = (await tx.query<LogRow>(LOG, [id, entries])).rows.toReversed();
    const timers = (await tx.query<TimerRow>(TIMERS, [id])).rows;
    return { saga, log, timers };
  });
}
