/**
 * What the admin endpoint answers: shared by the service that serves it and the operator's bin that calls it.
 *
 * Every path of this file but none else asks for `Authorization: Bearer <ADMIN_TOKEN>`; a service without a token
 * answers 403. Errors are RFC 9457 problem details, `application/problem+json`.
 */
export const adminRoutes = {
  /** `DeadLetterFilter` and `limit` (1 to 500, default 100), `after` (an id) in the query. 200 `DeadLetterPage`. */
  listDeadLetters: { method: "GET", path: "/dead-letters" },
  /** 200 `DeadLetterDetail`, 404. */
  showDeadLetter: { method: "GET", path: "/dead-letters/:id" },
  /**
   * No body. 200 `Affected`, 404, 409 when it waits behind another or was discarded. Its consumer handles it soon
   * after; the letter's status shows how that went.
   */
  replayDeadLetter: { method: "POST", path: "/dead-letters/:id/replay" },
  /** Body `Reason`. 200 `Affected`, 404, 409 when it has been handled. */
  discardDeadLetter: { method: "POST", path: "/dead-letters/:id/discard" },
  /** Body `BulkRequest`. 200 `Affected`; 409 `CountMismatch` when another number matches, and nothing is done. */
  replayDeadLetters: { method: "POST", path: "/dead-letters/replay" },
  /** Body `BulkRequest & Reason`. 200 `Affected`; 409 `CountMismatch`. */
  discardDeadLetters: { method: "POST", path: "/dead-letters/discard" },
  /** 200 `OutboxStatus`. */
  showOutbox: { method: "GET", path: "/outbox" },
  /** Gives a parked aggregate back to the relay. No body. 200 `Affected`, 404. */
  unparkAggregate: { method: "POST", path: "/outbox/parked/:aggregateType/:aggregateId/unpark" },
} as const;

/** Rows of a list in one answer at most. */
export const pageLimit = 500;

/** What is left out matches everything. */
export interface DeadLetterFilter {
  /** `inventory.StockReserved`. */
  readonly type?: string;
  readonly topic?: string;
  readonly key?: string;
  /** Default: those that are open, which are `failed`, `waiting` and `replaying`. */
  readonly status?: DeadLetterStatus;
}

/**
 * `failed`: its handler gave up. `waiting`: a later message of the same key, which must not overtake a failed one.
 * `replaying`: its consumer is about to handle it. `replayed`, `discarded`: over.
 */
export type DeadLetterStatus = "failed" | "waiting" | "replaying" | "replayed" | "discarded";

export interface DeadLetterSummary {
  /** A decimal; later letters have greater ones. */
  readonly id: string;
  readonly consumer: string;
  /** Absent when the record could not be read. */
  readonly messageId?: string;
  /** `(unreadable)` when the record could not be read. */
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  readonly status: DeadLetterStatus;
  readonly attempts: number;
  /** One line. */
  readonly error: string;
  /** ISO 8601, UTC. */
  readonly failedAt: string;
}

export interface DeadLetterDetail extends DeadLetterSummary {
  readonly stack?: string;
  readonly partition: number;
  /** A decimal. */
  readonly offset: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The record's value, as text where it is no JSON. */
  readonly data: unknown;
  /** Why it was discarded. */
  readonly reason?: string;
}

export interface DeadLetterPage {
  readonly items: readonly DeadLetterSummary[];
  /** How many match the filter, on all pages: the `expectedCount` of a bulk request. */
  readonly total: number;
}

export interface Reason {
  /** Why, for the record: 1 to 500 characters. */
  readonly reason: string;
}

export interface BulkRequest {
  readonly filter: DeadLetterFilter;
  /** The number that the operator has seen. Another one is refused, so that nobody replays what they have not looked at. */
  readonly expectedCount: number;
}

export interface Affected {
  readonly count: number;
}

export interface CountMismatch extends ProblemDetails {
  readonly actualCount: number;
}

export interface OutboxStatus {
  /** Rows that the broker has not acknowledged. */
  readonly unpublished: number;
  /** Age of the oldest of them; 0 without any. */
  readonly oldestUnpublishedSeconds: number;
  /** Age of the oldest transaction that the service's role may see: one that idles holds up cleaning. */
  readonly oldestTransactionSeconds: number;
  readonly parked: readonly ParkedAggregate[];
}

export interface ParkedAggregate {
  readonly topic: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  /** Of its first row, the one that the broker refused. */
  readonly messageId: string;
  readonly attempts: number;
  readonly error: string;
  /** ISO 8601, UTC. */
  readonly since: string;
}

/** RFC 9457. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** Where in the request: JSON pointers (RFC 6901) as URI fragments, `#/lines/0/sku`. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly correlationId?: string;
}
