import assert from "node:assert/strict";
import { pino } from "pino";
import type { SagaNews } from "../../../../templates/runtime/src/saga/orchestrator/news.ts";
import { sagaSpans } from "../../../../templates/runtime/src/telemetry/saga-spans.ts";
import type { SpanOutcome, SpanStart, Spans } from "../../../../templates/runtime/src/telemetry/spans.ts";
import { eventually } from "../../../../templates/runtime/src/testing/eventually.ts";
import { sagaDatabase } from "../saga/orchestrator/scene.ts";

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

describe("the spans of a saga that has ended", () => {
  it("are one for the whole and one for each step and compensation, by its log's times", async () => {
    const { database, drop } = await sagaDatabase();
    try {
      await database.query(
        `INSERT INTO public.saga (id, saga, key, definition_hash, revision, status, state, trigger_fingerprint, trigger_id,
           correlationid, traceparent, started_at, ended_at)
         VALUES ('payment:1', 'payment', '1', 'h', 9, 'compensated', '{}', 'f', gen_random_uuid(), 'story', $1,
           '2026-11-25 14:00:00Z', '2026-11-25 14:00:09Z')`,
        [traceparent],
      );
      await database.query(
        `INSERT INTO public.saga_log (saga_id, seq, at, what, step, direction, round, attempt)
         SELECT 'payment:1', ordinality, '2026-11-25 14:00:00Z'::timestamptz + ordinality * interval '1 s', what, step, direction, 1, attempt
         FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[]) WITH ORDINALITY AS m (what, step, direction, attempt, ordinality)`,
        [
          ["started", "command-sent", "timed-out", "command-sent", "step-unknown", "command-sent", "step-succeeded"],
          [null, ...Array(6).fill("reserve-stock")],
          [null, ...Array(4).fill("forward"), "compensation", "compensation"],
          [null, 1, 1, 2, 2, 1, 1],
        ],
      );
      const spans = rememberedSpans();
      sagaSpans(
        spans,
        database,
        pino({ level: "silent" }),
      )([
        { saga: "payment", id: "payment:1", type: "moved" },
        { saga: "payment", id: "payment:1", type: "ended", status: "compensated" },
      ] satisfies SagaNews[]);
      const ended = await eventually(() => spans.ended, { until: (found) => found.length === 3, what: "three spans" });
      assert.deepEqual(
        ended.map(({ start, outcome, parent }) => [
          start.name,
          parent,
          start.at?.getUTCSeconds(),
          outcome.at?.getUTCSeconds(),
          outcome.error,
          start.attributes?.["eda.saga.attempts"],
        ]),
        [
          ["saga payment reserve-stock", "saga payment", 2, 5, "unknown", 2],
          ["saga payment reserve-stock compensation", "saga payment", 6, 7, undefined, 1],
          ["saga payment", traceparent, 0, 9, undefined, undefined],
        ],
      );
    } finally {
      await drop();
    }
  });
});

function rememberedSpans() {
  const ended: { start: SpanStart; parent: string | undefined; outcome: SpanOutcome }[] = [];
  const spans: Spans & { ended: typeof ended } = {
    recording: true,
    ended,
    begin: (start) => ({
      // Its name stands for its id.
      traceparent: start.name,
      end: (outcome = {}) => void ended.push({ start, parent: start.parent, outcome }),
    }),
    close: async () => undefined,
  };
  return spans;
}
