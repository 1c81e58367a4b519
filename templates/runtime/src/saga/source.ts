import type { Json } from "./definition.ts";

/** A valid `sagas/<name>.saga.yaml`, parsed: the keys of the format, as they are written. */
export interface SagaSource {
  readonly saga: string;
  readonly version: number;
  readonly description?: string;
  readonly style: "orchestration" | "choreography";
  readonly service?: string;
  readonly trigger: string;
  /** `$.trigger.orderId`. */
  readonly key: string;
  readonly deadline: string;
  readonly retry?: RetrySource;
  /** Of one attempt: the default of every step, compensation and ending. */
  readonly timeout?: string;
  readonly steps: readonly (StepSource | ParallelSource)[];
  readonly completed?: CommandSource;
  readonly compensated?: CommandSource;
}

/** Members that run side by side. */
export interface ParallelSource {
  readonly parallel: readonly StepSource[];
}

export interface CommandSource {
  readonly command: string;
  readonly input?: Readonly<Record<string, Json>>;
  readonly success: string;
  readonly failure?: string;
  readonly timeout?: string;
  readonly retry?: RetrySource;
  /** Choreography: the event at which it starts. */
  readonly on?: string;
}

export interface StepSource extends CommandSource {
  readonly id: string;
  readonly kind?: "compensatable" | "pivot" | "retriable";
  readonly compensation?: CommandSource | "none";
  /** Why there is no compensation. */
  readonly reason?: string;
}

export interface RetrySource {
  readonly attempts: number;
  readonly initial?: string;
  readonly multiplier?: number;
  readonly max?: string;
  readonly jitter?: "full" | "none";
}
