import type { SagaDirection } from "../saga/definition.ts";
import type { Spans } from "./spans.ts";

/** A step, or an ending, that has come to its end in one direction. */
export interface SettledStep {
  readonly saga: string;
  readonly sagaId: string;
  readonly step: string;
  readonly direction: SagaDirection;
  readonly round: number;
  readonly attempt: number;
  /** `succeeded`, `failed`, `unknown`, `skipped`: an error unless it has succeeded or was skipped. */
  readonly status: string;
  /** The saga's: its trigger's. */
  readonly traceparent: string | undefined;
  /** When its first command was decided, by the saga's log. */
  readonly began: Date;
  readonly ended: Date;
}

/** One span a step, from its command's intent to its settling. Call it after the commit that settled it. */
export function recordStep(spans: Spans, settled: SettledStep): void {
  if (!spans.recording) return;
  const { saga, step, direction, status, began, ended } = settled;
  const compensates = direction === "compensation" ? " compensation" : "";
  const failed = status !== "succeeded" && status !== "skipped";
  spans
    .begin({
      name: `saga ${saga} ${step}${compensates}`,
      kind: "internal",
      parent: settled.traceparent,
      attributes: {
        "eda.saga.name": saga,
        "eda.saga.id": settled.sagaId,
        "eda.saga.step": step,
        "eda.saga.direction": direction,
        "eda.saga.round": settled.round,
        "eda.saga.attempt": settled.attempt,
        "eda.saga.outcome": status,
      },
      at: began,
    })
    .end({ at: ended, ...(failed ? { error: status } : {}) });
}
