import type { Json, SagaDirection } from "../saga/definition.ts";
import type { DeadLetterStatus } from "./admin-api.ts";

/**
 * What the admin endpoint answers about what a service has done under a correlation id; as admin-api.ts, whose token it
 * asks for. Data of messages is not shown, but for what a saga's log keeps of it.
 */
export const journalPaths = {
  /** `:id` is a correlation id or a saga's id. 200 `ServiceJournal`, empty when the service knows nothing of it. */
  showJournal: { method: "GET", path: "/journal/:id" },
  /** Body `HandledRequest`. 200 `HandledPage`: which of these messages the service's consumers have decided. */
  showHandled: { method: "POST", path: "/journal/handled" },
} as const;

/** Rows of each kind at most. */
export const journalLimit = 2_000;

/** Times are ISO 8601, UTC, with microseconds, by the service's database. */
export interface ServiceJournal {
  readonly service: string;
  readonly requests: readonly JournaledRequest[];
  readonly messages: readonly JournaledMessage[];
  readonly sagas: readonly JournaledSaga[];
  readonly deadLetters: readonly JournaledLetter[];
  /** How long it keeps what it has published: `7d`; `0s` for not at all. Absent: it publishes nothing. */
  readonly keepsMessages?: string;
  /** Some kind has more rows than the limit: the others are not shown. */
  readonly more: boolean;
}

export interface JournaledRequest {
  readonly at: string;
  readonly command: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly replayed: boolean;
}

/** A message that the service has written. */
export interface JournaledMessage {
  readonly id: string;
  readonly type: string;
  readonly topic: string;
  readonly key: string;
  readonly at: string;
  /** When the broker's acknowledgement was recorded. Absent: it has not left. */
  readonly sentAt?: string;
  /** Why it has not left: the relay has parked its aggregate. */
  readonly parked?: string;
  readonly causationId?: string;
  readonly sagaId?: string;
  readonly step?: string;
  readonly direction?: SagaDirection;
  readonly round?: number;
  readonly attempt?: number;
  /** Of a command. */
  readonly purpose?: "do" | "tombstone";
  /** Of a reply. */
  readonly outcome?: "success" | "failure" | "refused";
  readonly noop?: boolean;
}

export interface JournaledSaga {
  readonly id: string;
  readonly correlationId: string;
  readonly status: string;
  readonly stuck: boolean;
  readonly log: readonly JournaledMove[];
}

/** A row of the saga's log. */
export interface JournaledMove {
  readonly at: string;
  /** `started`, `command-sent`, `step-succeeded`, … */
  readonly what: string;
  readonly step?: string;
  readonly direction?: SagaDirection;
  readonly round?: number;
  readonly attempt?: number;
  /** Id of the message that led to it. */
  readonly causedBy?: string;
  readonly detail?: Json;
}

export interface JournaledLetter {
  readonly consumer: string;
  readonly messageId?: string;
  readonly type: string;
  readonly status: DeadLetterStatus;
  readonly attempts: number;
  /** One line. */
  readonly error: string;
  readonly at: string;
  /** When it was replayed or discarded. */
  readonly resolvedAt?: string;
  /** Why it was discarded. */
  readonly reason?: string;
}

export interface HandledRequest {
  readonly ids: readonly string[];
}

export interface HandledPage {
  readonly handled: readonly {
    readonly messageId: string;
    readonly consumer: string;
    readonly at: string;
  }[];
}
