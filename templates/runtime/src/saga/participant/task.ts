import type { Cause } from "../../aggregate/execute.ts";
import { GiveUpError } from "../../inbox/consumer-options.ts";
import type { Message } from "../../message/message.ts";
import type { ServiceDefinition } from "../../service/definition.ts";
import { idempotencyKey, type SagaDirection } from "../definition.ts";

/** What a saga asks of a participant, by a command or, in a choreography, by an event. Plain JSON. */
export interface SagaTask {
  readonly saga: string;
  readonly sagaId: string;
  readonly step: string;
  readonly direction: SagaDirection;
  readonly round: number;
  readonly attempt: number;
  /** `tombstone`: not to do it, but to refuse it from now on and tell what had become of it. */
  readonly purpose: "do" | "tombstone";
  /** Without the service: `ReserveStock`. */
  readonly command: string;
  readonly data: object;
  /** `inventory.StockReserved`. */
  readonly success: string;
  readonly failure?: string;
  /** R4: the same for all attempts of a round. */
  readonly idempotencyKey: string;
  /** ISO 8601, when it was sent. */
  readonly time: string;
  /** When its step was first asked for, if that is long ago. */
  readonly since?: string;
  readonly cause: Cause;
  /**
   * Who hears of the outcome. `all`: an orchestrator, of each. `noops`: a choreography's watchdog sees the events, and
   * hears only of a compensation that had none.
   */
  readonly replies: "all" | "noops";
}

/**
 * The task of a command that came by topic.
 * @throws GiveUpError for a message that is none
 */
export function taskOf({ name }: ServiceDefinition, message: Message): SagaTask {
  const { saganame, sagaid, sagastep, sagadirection, saground, sagasuccess, sagafailure, sagasince, data } = message;
  const fail = (reason: string) => new GiveUpError(`${message.type} (${message.id}) is no saga's command: ${reason}`);
  if (!saganame || !sagaid || !sagastep || sagadirection === undefined || saground === undefined || !sagasuccess)
    throw fail("its envelope lacks saganame, sagaid, sagastep, sagadirection, saground or sagasuccess");
  if (!message.type.startsWith(`${name}.`)) throw fail(`it is not for ${name}`);
  if (typeof data !== "object" || data === null) throw fail("its data is no object");
  return {
    saga: saganame,
    sagaId: sagaid,
    step: sagastep,
    direction: sagadirection,
    round: saground,
    attempt: message.sagaattempt ?? 1,
    purpose: message.sagapurpose ?? "do",
    command: message.type.slice(name.length + 1),
    data,
    success: sagasuccess,
    ...(sagafailure === undefined ? {} : { failure: sagafailure }),
    idempotencyKey: message.idempotencykey ?? idempotencyKey(sagaid, sagastep, sagadirection, saground),
    time: message.time,
    ...(sagasince === undefined ? {} : { since: sagasince }),
    cause: {
      correlationid: message.correlationid,
      causationid: message.id,
      ...(message.traceparent === undefined ? {} : { traceparent: message.traceparent }),
    },
    replies: "all",
  };
}

/** `step reserve-stock of payment:4711, compensation, round 1` */
export function nameOf({ sagaId, step, direction, round }: SagaTask): string {
  return `step ${step} of ${sagaId}, ${direction}, round ${round}`;
}
