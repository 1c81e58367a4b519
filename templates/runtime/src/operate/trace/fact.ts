import type { JournaledMessage } from "../../service/admin-journal-api.ts";

/** What kind of thing happened, in the words of the timeline. */
export type Kind =
  | "request"
  | "event"
  | "command"
  | "compensation"
  | "retry"
  | "reply"
  | "no-op"
  | "handled"
  | "saga"
  | "timeout"
  | "stuck"
  | "dead letter"
  | "waiting"
  | "operator";

/** One thing that a service knows to have happened. */
export interface Told {
  readonly service: string;
  readonly kind: Kind;
  /** `OrderPlaced`, `reserve-stock succeeded`. */
  readonly what: string;
  readonly messageId?: string;
  /** Of a message that was handled, or could not be: who wrote it. */
  readonly sender?: string;
  readonly consumer?: string;
  readonly sagaId?: string;
  readonly step?: string;
  /** From the message's writing to its handling. */
  readonly handledAfterMs?: number;
  readonly detail?: string;
}

export interface Fact {
  readonly at: string;
  readonly told: Told;
  /** Of a message; its handlings and moves refer to it. */
  readonly id?: string;
  /** Ids of messages that came before it. */
  readonly causes: readonly string[];
  /** Id of the message that led to this one. */
  readonly from?: string;
}

/** That a consumer has decided about a message. */
export interface Handling {
  readonly service: string;
  readonly messageId: string;
  readonly consumer: string;
  readonly at: string;
}

/** A message, and who wrote it. */
export interface Sent extends JournaledMessage {
  readonly service: string;
}

/** `OrderPlaced` of `orders.OrderPlaced`: who wrote it is said beside. */
export function nameOf(type: string): string {
  return type.slice(type.indexOf(".") + 1);
}

export function detail(parts: readonly string[]): { readonly detail?: string } {
  const text = parts.filter((part) => part !== "").join(", ");
  return text === "" ? {} : { detail: text };
}

/** Milliseconds from a message's writing to a moment at which it was handled; clocks may disagree. */
export function handledAfter(message: JournaledMessage, at: string): number {
  return Math.max(0, Date.parse(at) - Date.parse(message.at));
}
