/**
 * A saga as it runs: what `sagas/<name>.saga.yaml` says, with every default filled in and every duration in
 * milliseconds. Plain JSON, deeply frozen, made by `compileSaga`; an instance keeps the one that it began with (R10).
 */
export interface SagaDefinition {
  readonly saga: string;
  readonly version: number;
  readonly style: "orchestration" | "choreography";
  /** The service that hosts the orchestrator, or the watchdog of a choreography. */
  readonly service: string;
  /** `orders.OrderPlaced`. */
  readonly trigger: string;
  /** Where the saga's key is in the trigger's data: `["orderId"]` of `$.trigger.orderId`. */
  readonly key: readonly string[];
  readonly deadlineMs: number;
  /** In order. Members of a group of several run side by side. */
  readonly groups: readonly SagaGroup[];
  readonly completed?: SagaCommand;
  readonly compensated?: SagaCommand;
}

/** A step by itself, or the members of a `parallel`. Never empty. */
export type SagaGroup = readonly SagaStep[];

export interface SagaStep extends SagaCommand {
  readonly id: string;
  readonly kind: "compensatable" | "pivot" | "retriable";
  /** Absent with `compensation: none`, in a retriable step, and in a pivot that cannot be taken back. */
  readonly compensation?: SagaCommand;
}

/** A command that the saga sends, and how it waits for the answer. */
export interface SagaCommand {
  /** `inventory.ReserveStock`. */
  readonly command: string;
  readonly input: Readonly<Record<string, SagaInputValue>>;
  /** `inventory.StockReserved`. */
  readonly success: string;
  readonly failure?: string;
  /** Of one attempt. */
  readonly timeoutMs: number;
  readonly retry: SagaRetry;
  /** Choreography: the event at which it starts. */
  readonly on?: string;
}

export interface SagaRetry {
  /** Counts the first. */
  readonly attempts: number;
  readonly initialMs: number;
  readonly multiplier: number;
  readonly maxMs: number;
  readonly jitter: "full" | "none";
}

/** What a field of a command is filled with: a literal, or the value at a path. */
export type SagaInputValue = { readonly literal: Json } | { readonly path: SagaPath };

export type SagaPath =
  | { readonly from: "trigger"; readonly at: readonly string[] }
  /** The success reply of an earlier step. */
  | { readonly from: "step"; readonly step: string; readonly at: readonly string[] }
  /** The saga's id. */
  | { readonly from: "id" }
  /** Why it is compensated: in `compensated` only. */
  | { readonly from: "failure" }
  /** Choreography: the event at which the step starts. */
  | { readonly from: "on"; readonly at: readonly string[] };

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Names of the two endings; no step may have them. */
export const endings = ["completed", "compensated"] as const;

/** R1: from the saga's name, not its version, and its key. A saga's name has no colon, so no two pairs give one id. */
export function sagaId(saga: string, key: string): string {
  return `${saga}:${key}`;
}

/** R4: the same for all attempts and restarts of a round. */
export function idempotencyKey(id: string, step: string, direction: SagaDirection, round: number): string {
  return `${id}/${step}/${direction}/${round}`;
}

export type SagaDirection = "forward" | "compensation";
