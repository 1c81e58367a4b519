import { GiveUpError } from "../../inbox/consumer-options.ts";
import type { Message } from "../../message/message.ts";
import type { JsonObject, SagaDefinition } from "../definition.ts";
import { commandOf } from "../stages.ts";
import type { SagaReply, Stage } from "../transition.ts";

/** A reply as far as its envelope tells, before its saga's definition is known. */
export interface AddressedReply extends Stage {
  readonly id: string;
  readonly round: number;
  readonly message: Message;
}

/** @throws GiveUpError for a message that does not say which stage of which saga it answers */
export function addressedReply(message: Message): AddressedReply {
  const { sagaid: id, sagastep: step, sagadirection: direction, saground: round } = message;
  if (id === undefined || step === undefined || direction === undefined || round === undefined) {
    throw new GiveUpError(`${message.type} ${message.id} answers no saga: its envelope lacks saga fields`);
  }
  return { id, step, direction, round, message };
}

/**
 * What a reply means to an instance, by the definition that the instance began with (R10).
 * @throws GiveUpError where that definition has no such stage, or the reply is none of its outcomes
 */
export function replyFor(definition: SagaDefinition, reply: AddressedReply): SagaReply {
  const { id, step, direction, round, message } = reply;
  const about = `${message.type} ${message.id}, which answers ${step} (${direction}) of ${id}`;
  const command = commandOf(definition, { step, direction });
  if (command === undefined) throw new GiveUpError(`${about}: version ${definition.version} has no such step`);
  const outcome = message.sagaoutcome ?? outcomeOf(command, message.type);
  const expected = { success: command.success, failure: command.failure, refused: undefined }[outcome ?? "refused"];
  if (outcome === undefined || (expected !== undefined && message.type !== expected)) {
    const outcomes = [command.success, command.failure].filter((type) => type !== undefined).join(" or ");
    throw new GiveUpError(`${about}: version ${definition.version} expects ${outcomes}`);
  }
  return {
    type: "reply",
    step,
    direction,
    round,
    outcome,
    ...(message.saganoop === true ? { noop: true } : {}),
    data: dataOf(message, about),
  };
}

function outcomeOf({ success, failure }: { success: string; failure?: string }, type: string) {
  return type === success ? "success" : type === failure ? "failure" : undefined;
}

function dataOf({ data }: Message, about: string): JsonObject {
  if (data === null || data === undefined) return {};
  if (typeof data !== "object" || Array.isArray(data)) throw new GiveUpError(`${about}: its data is no object`);
  return data as JsonObject;
}
