import { messageId } from "../../outbox/message-id.ts";
import type { OutboxMessage } from "../../outbox/outbox.ts";
import type { SendCommand } from "../transition.ts";
import type { Subject } from "./subject.ts";

/** What led to a change of a saga. */
export interface Cause {
  /** Id of the message. */
  readonly causedBy?: string;
  readonly traceparent?: string;
  /** An operator's. */
  readonly reason?: string;
}

/**
 * A saga's command as it lies in the outbox. All commands to one service travel on its one topic with the saga's id as
 * key, so that a command and its compensation keep their order (R14). The id is minted here: the attempt's timer is
 * armed by it.
 */
export function commandMessage(
  service: string,
  { id, definition, correlationid, ...subject }: Subject,
  command: SendCommand,
  cause: Cause,
): OutboxMessage & { readonly envelope: { readonly id: string } } {
  const traceparent = cause.traceparent ?? subject.traceparent;
  return {
    topic: commandsTopicOf(command.command),
    key: id,
    aggregateType: "Saga",
    envelope: {
      id: messageId(),
      type: command.command,
      source: `/${service}`,
      subject: id,
      correlationid,
      ...(cause.causedBy === undefined ? {} : { causationid: cause.causedBy }),
      ...(traceparent === undefined ? {} : { traceparent }),
      saganame: definition.saga,
      sagaid: id,
      sagastep: command.step,
      sagadirection: command.direction,
      saground: command.round,
      sagaattempt: command.attempt,
      idempotencykey: command.idempotencyKey,
      sagapurpose: command.purpose,
      sagasuccess: command.success,
      ...(command.failure === undefined ? {} : { sagafailure: command.failure }),
      sagatimeoutms: command.timeoutMs,
    },
    data: command.data,
  };
}

/** `inventory.commands` of `inventory.ReserveStock`. */
export function commandsTopicOf(command: string): string {
  return `${command.slice(0, command.indexOf("."))}.commands`;
}
