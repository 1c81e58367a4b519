import type { Json, JsonObject, SagaDefinition, SagaDirection } from "./definition.ts";

/**
 * The interface of the saga machine. `decide` is pure: no clock, no random number, no I/O. Whoever calls it loads the
 * state, stores the one that comes back and carries out the effects, all in one local transaction (R2).
 */
export type Decide = (definition: SagaDefinition, state: SagaState | undefined, input: SagaInput) => Transition;

export interface Transition {
  /** Equal to the one given (by reference) when the input changed nothing; what was ignored is then in the effects. */
  readonly state: SagaState;
  readonly effects: readonly SagaEffect[];
}

/** Where a saga stands. Plain JSON: it is stored as it is. */
export interface SagaState {
  /** `payment:4711`. */
  readonly id: string;
  readonly status: SagaStatus;
  readonly trigger: JsonObject;
  /** Why it is compensated; absent while it is not. */
  readonly failure?: SagaFailure;
  /** Index of the group that runs, or ran last. The definition is the instance's own, so that an index is safe. */
  readonly group: number;
  readonly deadlinePassed: boolean;
  /** Whether an operator has skipped something: it ends with exceptions. */
  readonly exceptions: boolean;
  /** Choreography: how often it was watched anew, with a deadline of its own each time. Absent: never. */
  readonly watch?: number;
  /** By step id and ending, once begun. */
  readonly steps: Readonly<Record<string, StepState>>;
}

/** `running`: forward. `compensating`: backward. The others are over. */
export type SagaStatus =
  | "running"
  | "compensating"
  | "completed"
  | "compensated"
  | "completed-with-exceptions"
  | "compensated-with-exceptions";

export interface SagaFailure {
  readonly step: string;
  /** `$.failure.reason`: the failure reply's field `reason` where it is a text, else a sentence of the machine's. */
  readonly reason: string;
}

export interface StepState {
  readonly forward?: Course;
  readonly compensation?: Course;
}

/** What became of a step in one direction. */
export interface Course {
  /**
   * `waiting`: its command is out, or about to be sent again. `unknown`: given up on without an answer; a late one may
   * still come (R7, R12).
   */
  readonly status: "waiting" | "succeeded" | "failed" | "unknown" | "skipped";
  readonly round: number;
  readonly attempt: number;
  /** Between two attempts: the timeout of `attempt` has fired, its backoff has not. */
  readonly backoff?: true;
  /** Set while only an operator, or a late reply, can go on (R6). */
  readonly stuck?: Exclude<StuckReason, "parked">;
  /**
   * Stuck as well, for as long as the relay cannot send its command (R13). Apart from `stuck`, since what that says
   * holds again when the row goes on.
   */
  readonly parked?: true;
  /** What an operator has asked the participant: its tombstone waits for an answer, in `waiting`. A retry takes it back. */
  readonly asked?: "skip" | "fail";
  /** Data of the reply that settled it. */
  readonly reply?: JsonObject;
  /** A compensation that had nothing to undo. */
  readonly noop?: true;
  /** Its place among what has succeeded forward: compensations run in the reverse order (R15). */
  readonly order?: number;
}

/**
 * `unknown`: attempts used up without an answer. `failure`: a business failure where none may be. `parked`: the relay
 * cannot send its command. `unhandled`: its reply could not be handled.
 */
export type StuckReason = "unknown" | "failure" | "parked" | "unhandled";

/** A step, or an ending, in a direction: `{ step: "reserve-stock", direction: "compensation" }`. */
export interface Stage {
  readonly step: string;
  readonly direction: SagaDirection;
}

export type SagaInput =
  /** Begins the saga: the only input without a state. Later ones of the same saga change nothing. */
  | { readonly type: "triggered"; readonly id: string; readonly data: JsonObject }
  | SagaReply
  /** Choreography: an event of the saga was seen. It may be seen before the trigger, whose topic is another. */
  | { readonly type: "seen"; readonly id: string; readonly event: string; readonly data: JsonObject }
  | { readonly type: "timer"; readonly timer: SagaTimer }
  /** The relay has parked the stage's outgoing row, or the row waits behind a parked one (R13); or it goes on again. */
  | ({ readonly type: "parked" | "unparked" } & Stage)
  /** A reply of the stage could not be handled, and lies in the dead letters (R18). */
  | ({ readonly type: "unhandled"; readonly error: string } & Stage)
  | ({ readonly type: "operator"; readonly verb: "retry" | "skip" | "fail" } & Stage)
  | ({ readonly type: "operator"; readonly verb: "complete"; readonly data: JsonObject } & Stage);

export interface SagaReply extends Stage {
  readonly type: "reply";
  /** Of a choreography: a compensation that had nothing to undo may be the first that is seen of its saga. */
  readonly id?: string;
  readonly round: number;
  /**
   * `refused`: the answer to a tombstone (skip, fail): the participant had not done it, and never will now. A tombstone
   * that finds a success answers `success`; one that finds a business failure may answer `failure` or `refused`,
   * in its own round, whatever the round of the failure.
   */
  readonly outcome: "success" | "failure" | "refused";
  readonly noop?: true;
  readonly data: JsonObject;
}

/**
 * R4: a timer is known by all of it, and is armed once. `deadline` is the whole saga's: its step is empty, its direction
 * `forward`, its round and attempt 0; but for a choreography that is watched anew, whose round says for which time.
 */
export interface SagaTimer extends Stage {
  readonly kind: "timeout" | "backoff" | "deadline";
  readonly round: number;
  readonly attempt: number;
}

export type SagaEffect =
  | SendCommand
  | {
      readonly type: "timer";
      readonly timer: SagaTimer;
      readonly afterMs: number;
      /** R13: the clock of an attempt starts when its command has left. */
      readonly starts: "now" | "when-sent";
      /** The caller draws a whole number from 0 to `afterMs`. */
      readonly jitter?: "full";
    }
  /** Timers of the stage (of the whole saga where it is absent) that have no meaning any more. */
  | { readonly type: "cancel-timers"; readonly stage?: Stage }
  /**
   * The stage's outgoing row is parked, or waits behind a parked one: give all parked ones of its topic and key back to
   * the relay (operator's retry).
   */
  | { readonly type: "unpark"; readonly stage: Stage }
  | { readonly type: "log"; readonly entry: SagaLogEntry }
  /** The status, or whether the saga is stuck, has changed. */
  | { readonly type: "status"; readonly status: SagaStatus; readonly stuck: boolean };

export interface SendCommand extends Stage {
  readonly type: "send";
  /** `tombstone`: asks the participant to refuse the stage from now on (skip, fail), and tell what it finds. */
  readonly purpose: "do" | "tombstone";
  readonly round: number;
  readonly attempt: number;
  /** `inventory.ReserveStock`. */
  readonly command: string;
  readonly data: JsonObject;
  readonly success: string;
  readonly failure?: string;
  readonly idempotencyKey: string;
  readonly timeoutMs: number;
}

/** R11: one row of the saga's log. */
export interface SagaLogEntry {
  /** What happened, in the past tense: `started`, `command-sent`, `step-succeeded`, `late-reply-ignored`, … */
  readonly what: string;
  readonly step?: string;
  readonly direction?: SagaDirection;
  readonly round?: number;
  readonly attempt?: number;
  /** For a person: reasons, errors, the operator's own words. */
  readonly detail?: Json;
}
