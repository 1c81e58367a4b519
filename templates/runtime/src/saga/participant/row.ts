import type { Transaction } from "../../database/database.ts";
import type { SagaTask } from "./task.ts";

/** What has become of a step of a saga here. As it is in the table, but for times: what they say by the database's clock. */
export interface ParticipantRow {
  readonly sagaId: string;
  readonly step: string;
  readonly forwardRound: number | null;
  readonly forwardOutcome: "success" | "failure" | null;
  readonly forwardReply: StoredReply | null;
  readonly forwardKey: string | null;
  /** An external call has begun in `forwardRound`; its outcome is open while `forwardOutcome` is null. */
  readonly called: boolean;
  readonly forwardLimitMs: number | null;
  /** What the call may still take; 0 when its time is over. */
  readonly callLeftMs: number;
  readonly forwardRefused: boolean;
  readonly compensationRound: number | null;
  readonly compensationOutcome: "success" | "failure" | null;
  readonly compensationReply: StoredReply | null;
  readonly compensationTask: SagaTask | null;
  readonly compensationAgain: boolean;
  readonly compensationRefused: boolean;
}

export interface StoredReply {
  readonly type: string;
  readonly data: object;
  readonly dataschema?: string;
  readonly noop?: true;
}

export interface LockedRows {
  get(task: Pick<SagaTask, "sagaId" | "step">): ParticipantRow;
  /** Whether it was not there before: no command of the step has come, or what came of it has been forgotten. */
  isNew(task: Pick<SagaTask, "sagaId" | "step">): boolean;
  /** By this database's clock, in milliseconds since 1970. */
  readonly now: number;
}

/** Inserts or locks the rows of some steps, in one statement: what both directions of a step begin with (R5). */
export async function lockRows(
  tx: Transaction,
  steps: readonly Pick<SagaTask, "sagaId" | "step">[],
): Promise<LockedRows> {
  const distinct = [...new Map(steps.map((step) => [keyOf(step), step])).values()];
  const { rows } = await tx.query<ParticipantRow & Record<string, unknown> & { now: number; inserted: boolean }>(LOCK, [
    distinct.map(({ sagaId }) => sagaId),
    distinct.map(({ step }) => step),
  ]);
  const found = new Map(rows.map(({ now: _, inserted: __, ...row }): [string, ParticipantRow] => [keyOf(row), row]));
  const fresh = new Set(rows.filter(({ inserted }) => inserted).map(keyOf));
  return {
    now: rows[0]?.now ?? 0,
    get: (step) => found.get(keyOf(step))!,
    isNew: (step) => fresh.has(keyOf(step)),
  };
}

// Sorted: two transactions that share rows meet at the first of them, and not crosswise.
const LOCK = `
  INSERT INTO public.saga_participant AS p (saga_id, step)
  SELECT t.saga_id, t.step FROM unnest($1::text[], $2::text[]) AS t (saga_id, step) ORDER BY t.saga_id, t.step
  ON CONFLICT (saga_id, step) DO UPDATE SET touched_at = clock_timestamp()
  RETURNING p.saga_id AS "sagaId", p.step,
    p.forward_round AS "forwardRound", p.forward_outcome AS "forwardOutcome", p.forward_reply AS "forwardReply",
    p.forward_key AS "forwardKey", p.forward_called_at IS NOT NULL AS called, p.forward_limit_ms AS "forwardLimitMs",
    greatest(0, coalesce(
      p.forward_limit_ms - extract(epoch FROM clock_timestamp() - p.forward_called_at) * 1000, 0
    ))::double precision AS "callLeftMs",
    p.forward_refused_at IS NOT NULL AS "forwardRefused",
    p.compensation_round AS "compensationRound", p.compensation_outcome AS "compensationOutcome",
    p.compensation_reply AS "compensationReply", p.compensation_task AS "compensationTask",
    p.compensation_again AS "compensationAgain", p.compensation_refused_at IS NOT NULL AS "compensationRefused",
    (extract(epoch FROM clock_timestamp()) * 1000)::double precision AS now, p.xmax = 0 AS inserted`;

/** Stores rows that this transaction has locked. `calledNow`: an external call begins, by the database's clock. */
export async function saveRows(
  tx: Transaction,
  rows: readonly (ParticipantRow & { readonly calledNow?: true })[],
): Promise<void> {
  if (rows.length > 0) await tx.query(SAVE, [JSON.stringify(rows)]);
}

// Times are only ever set, by this statement's clock, and never moved: but a call's, which is that of its last attempt.
const SAVE = `
  UPDATE public.saga_participant p SET
    forward_round = r."forwardRound", forward_outcome = r."forwardOutcome", forward_reply = r."forwardReply",
    forward_key = r."forwardKey", forward_limit_ms = r."forwardLimitMs",
    forward_called_at = CASE WHEN r."calledNow" THEN clock_timestamp() WHEN r.called THEN p.forward_called_at END,
    forward_refused_at = CASE WHEN r."forwardRefused" THEN coalesce(p.forward_refused_at, clock_timestamp()) END,
    compensation_round = r."compensationRound", compensation_outcome = r."compensationOutcome",
    compensation_reply = r."compensationReply", compensation_task = r."compensationTask",
    compensation_again = r."compensationAgain",
    compensation_refused_at =
      CASE WHEN r."compensationRefused" THEN coalesce(p.compensation_refused_at, clock_timestamp()) END
  FROM jsonb_to_recordset($1::jsonb) AS r (
    "sagaId" text, step text, "forwardRound" integer, "forwardOutcome" text, "forwardReply" jsonb, "forwardKey" text,
    "forwardLimitMs" integer, called boolean, "calledNow" boolean, "forwardRefused" boolean,
    "compensationRound" integer, "compensationOutcome" text, "compensationReply" jsonb, "compensationTask" jsonb,
    "compensationAgain" boolean, "compensationRefused" boolean
  )
  WHERE p.saga_id = r."sagaId" AND p.step = r.step`;

export function keyOf({ sagaId, step }: Pick<SagaTask, "sagaId" | "step">): string {
  return JSON.stringify([sagaId, step]);
}
