/**
 * A message as handlers see it: CloudEvents 1.0 attributes, the runtime's extensions, and the data.
 *
 * On the broker all of it but the data is one JSON header named `eda`, the same from every relay; `id` and `type`
 * are headers of their own too. The data is the record's value, as JSON.
 */
export interface Message<Data = unknown> extends Envelope {
  readonly topic: string;
  /** An event's aggregate id; a saga's id for its commands and replies. */
  readonly key: string;
  readonly data: Data;
}

/** Lower-case names are CloudEvents' own rule for attributes and extensions. */
export interface Envelope {
  /** UUID, minted when the outbox row is inserted and never again: it is what makes a duplicate recognisable. */
  readonly id: string;
  /** `orders.OrderPlaced`. */
  readonly type: string;
  /** Who said it: `/orders`. */
  readonly source: string;
  /** The aggregate's id. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** Path of the contract, ending in the version of the event: `contracts/orders/OrderPlaced/1`. */
  readonly dataschema?: string;
  /** The same from the HTTP request that began it to the last message that follows. */
  readonly correlationid: string;
  /** Id of the message that caused this one. */
  readonly causationid?: string;
  /** W3C trace context. */
  readonly traceparent?: string;
  /** Version of the aggregate after the event, a decimal of any length; one higher for each event. */
  readonly aggregateversion?: string;
  /** Name of the saga, whose replies go to `<saganame>.replies`. */
  readonly saganame?: string;
  readonly sagaid?: string;
  /** A step's id, `completed` or `compensated`. */
  readonly sagastep?: string;
  readonly sagadirection?: "forward" | "compensation";
  readonly saground?: number;
  readonly sagaattempt?: number;
  readonly idempotencykey?: string;
  /** Of a command: `tombstone` asks not to do it but to refuse it from now on, and to tell what had become of it. */
  readonly sagapurpose?: "do" | "tombstone";
  /** Of a command: the event types that count as its success and its business failure. */
  readonly sagasuccess?: string;
  readonly sagafailure?: string;
  /**
   * Of a command: when its step was first asked for, ISO 8601. Left out while that is so short ago that nobody can have
   * forgotten it. Of an event of a choreography: when the first of those that led to it happened.
   */
  readonly sagasince?: string;
  /** Of a command: what one attempt may take, in milliseconds. */
  readonly sagatimeoutms?: number;
  /** Of a reply. `refused` answers a tombstone. */
  readonly sagaoutcome?: "success" | "failure" | "refused";
  /** Of a reply: a compensation had nothing to undo; there is no event of it. */
  readonly saganoop?: boolean;
}
