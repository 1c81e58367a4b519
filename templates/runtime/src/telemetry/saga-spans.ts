import type { Logger } from "pino";
import type { Database } from "../database/database.ts";
import type { SagaDirection } from "../saga/definition.ts";
import type { HearNews } from "../saga/orchestrator/news.ts";
import type { Spans } from "./spans.ts";

type EndedSaga = {
  readonly id: string;
  readonly saga: string;
  readonly status: string;
  readonly correlationid: string;
  readonly traceparent: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
};

/** A row of a saga's log that says something of a step. */
type Move = {
  readonly sagaId: string;
  readonly at: Date;
  readonly what: string;
  readonly step: string;
  readonly direction: SagaDirection;
  readonly attempt: number | null;
};

/**
 * The spans of a saga that has ended, by its log: one for the whole, under its trigger's, and under that one for each
 * step, ending and compensation, from its first command's intent to its settling. They take days if the saga does, so
 * they are made when it has ended and not before.
 */
export function sagaSpans(spans: Spans, database: Pick<Database, "query">, log: Logger): HearNews {
  if (!spans.recording) return () => undefined;
  return (news) => {
    const ids = news.flatMap((each) => (each.type === "ended" ? [each.id] : []));
    if (ids.length === 0) return;
    record(spans, database, ids).catch((err: unknown) => log.warn({ err }, "a saga's spans could not be made"));
  };
}

async function record(spans: Spans, database: Pick<Database, "query">, ids: readonly string[]): Promise<void> {
  const sagas = await database.query<EndedSaga>(
    `SELECT id, saga, status, correlationid, traceparent, started_at AS "startedAt", ended_at AS "endedAt"
     FROM public.saga WHERE id = ANY ($1::text[]) AND ended_at IS NOT NULL`,
    [ids],
  );
  const moves = await database.query<Move>(
    `SELECT saga_id AS "sagaId", at, what, step, direction, attempt
     FROM public.saga_log WHERE saga_id = ANY ($1::text[]) AND step IS NOT NULL ORDER BY saga_id, seq`,
    [ids],
  );
  const bySaga = Map.groupBy(moves.rows, ({ sagaId }) => sagaId);
  for (const saga of sagas.rows) recordSaga(spans, saga, bySaga.get(saga.id) ?? []);
}

function recordSaga(spans: Spans, saga: EndedSaga, moves: readonly Move[]): void {
  const about = {
    "eda.saga.name": saga.saga,
    "eda.saga.id": saga.id,
    "eda.correlation_id": saga.correlationid,
  };
  const whole = spans.begin({
    name: `saga ${saga.saga}`,
    kind: "internal",
    parent: saga.traceparent ?? undefined,
    attributes: { ...about, "eda.saga.status": saga.status },
    at: saga.startedAt,
  });
  for (const stage of Map.groupBy(moves, ({ step, direction }) => `${step} ${direction}`).values()) {
    const began = stage.find(({ what }) => what === "command-sent" || what === "step-begun");
    const settled = stage.findLast(({ what }) => SETTLED.has(what));
    if (began === undefined) continue;
    const { step, direction } = began;
    const outcome = settled === undefined ? "open" : settled.what.replace(/^(step|operator)-/, "");
    spans
      .begin({
        name: `saga ${saga.saga} ${step}${direction === "compensation" ? " compensation" : ""}`,
        kind: "internal",
        parent: whole.traceparent,
        attributes: {
          ...about,
          "eda.saga.step": step,
          "eda.saga.direction": direction,
          "eda.saga.outcome": outcome,
          "eda.saga.attempts": Math.max(...stage.map(({ attempt }) => attempt ?? 1)),
        },
        at: began.at,
      })
      .end({ at: settled?.at ?? saga.endedAt, ...(FAILED.has(outcome) ? { error: outcome } : {}) });
  }
  whole.end({ at: saga.endedAt });
}

const SETTLED: ReadonlySet<string> = new Set([
  "step-succeeded",
  "step-failed",
  "step-unknown",
  "step-skipped",
  "operator-completed",
]);
const FAILED: ReadonlySet<string> = new Set(["failed", "unknown"]);
