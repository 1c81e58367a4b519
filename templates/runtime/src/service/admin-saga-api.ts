import type { JsonObject, SagaDirection } from "../saga/definition.ts";
import type { SagaFailure, SagaStatus, SagaTimer, Stage, StuckReason } from "../saga/transition.ts";
import type { SagaView } from "../saga/view.ts";
import type { ProblemDetails } from "./admin-api.ts";
import type { JournaledMove } from "./admin-journal-api.ts";

/**
 * What the admin endpoint answers about the sagas that a service hosts; as admin-api.ts, whose token it asks for. A
 * service that hosts none answers an empty page, and 404 to the rest.
 */
export const sagaPaths = {
  /**
   * `SagaFilter` and `limit` (1 to 500, default 100), `after` (the id of the last one seen) in the query. 200
   * `SagaPage`: open ones the oldest first, those that have ended the latest first. 400 when `after` is no saga.
   */
  listSagas: { method: "GET", path: "/sagas" },
  /** 200 `SagaDetail`, 404. */
  showSaga: { method: "GET", path: "/sagas/:id" },
  /**
   * `:verb` is a `SagaVerb`. Body `SagaChangeRequest`. 200 `SagaSummary` as it is then, 404, 409 when the saga has
   * moved on since (`MovedOn`), or the verb has no place there: nothing is done.
   */
  changeSaga: { method: "POST", path: "/sagas/:id/:verb" },
  /** Body `SagaBulkRequest`. 200 `SagaBulkAnswer`; 409 `CountMismatch` when another number matches: nothing is done. */
  changeSagas: { method: "POST", path: "/sagas/:verb" },
} as const;

export const sagaVerbs = ["retry", "skip", "complete", "fail"] as const;
export type SagaVerb = (typeof sagaVerbs)[number];

/** What a list may be asked for: a status, or all of those that are open, or over. */
export const sagaStatuses = [
  "open",
  "ended",
  "running",
  "compensating",
  "completed",
  "compensated",
  "completed-with-exceptions",
  "compensated-with-exceptions",
] as const satisfies readonly (SagaStatus | "open" | "ended")[];

/** What is left out matches everything. */
export interface SagaFilter {
  readonly saga?: string;
  /** Default `open`: running and compensating. */
  readonly status?: (typeof sagaStatuses)[number];
  /** Only those that are stuck. */
  readonly stuck?: boolean;
  /** Only those whose step (or ending) is stuck; where `stuck` is not asked for, also those that wait in it. */
  readonly step?: string;
  /** Of `step`. */
  readonly direction?: SagaDirection;
  /** Started then or later. ISO 8601 with a time zone. */
  readonly since?: string;
}

export interface SagaSummary {
  /** `payment:4711`. */
  readonly id: string;
  readonly saga: string;
  /** Of the definition that it began with. */
  readonly version: number;
  readonly status: SagaStatus;
  readonly stuck: boolean;
  /** Where it is: what it waits for, and where it is stuck. */
  readonly at: readonly SagaPlace[];
  /** A decimal; one higher with each change. */
  readonly revision: string;
  readonly correlationId: string;
  /** ISO 8601, UTC, as all times here. */
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
}

export interface SagaPlace extends Stage {
  readonly round: number;
  readonly attempt: number;
  readonly stuck?: StuckReason;
  /** The participant has been asked to refuse it (skip, fail), and has not answered. */
  readonly asked?: "skip" | "fail";
}

export interface SagaPage {
  readonly items: readonly SagaSummary[];
  /** How many match, on all pages; of those that have ended at most `countedAtMost + 1`. */
  readonly total: number;
  /** Names of the sagas that the service hosts. */
  readonly hosts: readonly string[];
}

/** Those that have ended can be millions, and a page must not wait for their number. */
export const countedAtMost = 10_000;

export interface SagaDetail extends SagaSummary {
  readonly style: "orchestration" | "choreography";
  /** Of its definition. */
  readonly hash: string;
  /** What is done, under way, yet to come and stuck, each with its reason. */
  readonly view: SagaView;
  readonly trigger: JsonObject;
  /** Why it is compensated. */
  readonly failure?: SagaFailure;
  /** The latest entries, at most 500, the oldest of them first. */
  readonly log: readonly SagaLogLine[];
  /** Entries before those. */
  readonly earlierEntries: number;
  readonly timers: readonly OpenTimer[];
}

export interface SagaLogLine extends JournaledMove {
  /** A decimal. */
  readonly seq: string;
}

export interface OpenTimer extends SagaTimer {
  readonly delayMs: number;
  /** Absent while its command has not left. */
  readonly dueAt?: string;
}

export interface SagaChangeRequest extends Stage {
  /** The one that the operator has seen. */
  readonly revision: string;
  /** Why, for the saga's log: 1 to 500 characters. */
  readonly reason: string;
  /**
   * Of `complete` alone: what the event of the step's success would have said. It is checked by that event's contract, and
   * must have every field that a later command is filled in from. It may be left out where nothing reads it.
   */
  readonly data?: JsonObject;
}

export interface SagaBulkRequest extends Omit<SagaChangeRequest, "revision"> {
  /** Those that match and are stuck in that step and direction. */
  readonly filter: Pick<SagaFilter, "saga" | "since">;
  /** The number that the operator has seen. */
  readonly expectedCount: number;
}

export interface SagaBulkAnswer {
  /** How many it was done to. */
  readonly count: number;
  /** Those that it was not done to, and why. */
  readonly refused: readonly { readonly id: string; readonly detail: string }[];
  /** How many were not come to in the time that a request has: ask again. */
  readonly left: number;
}

export interface MovedOn extends ProblemDetails {
  readonly actualRevision: string;
}
