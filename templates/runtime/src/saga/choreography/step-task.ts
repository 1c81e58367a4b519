import { GiveUpError } from "../../inbox/consumer-options.ts";
import type { Message } from "../../message/message.ts";
import type { ChoreographedStep } from "../../service/definition.ts";
import { idempotencyKey, type Json, type JsonObject, type SagaInputValue, sagaId } from "../definition.ts";
import { within } from "../input.ts";
import { keyIn } from "../key.ts";
import type { SagaTask } from "../participant/task.ts";

/**
 * What an event asks of the service whose step starts at it. Every event of that type that carries the key does so,
 * whoever caused it: nobody leads, so nobody could say which of them belong to a saga. It is the first round and the
 * only one: no operator begins another.
 * @throws GiveUpError for an event that does not say which saga it is of
 */
export function stepTask(step: ChoreographedStep, message: Message): SagaTask {
  const { saga, command, success, failure, direction } = step;
  const key = keyIn(step.key.split("."), message.data);
  if (key === undefined)
    throw new GiveUpError(
      `${message.type} ${message.id} has no ${step.key}, by which the saga ${saga} would know whose ${nameOf(step)} it starts`,
    );
  const id = sagaId(saga, key);
  const since = sinceOf(message, saga, id);
  return {
    saga,
    sagaId: id,
    step: step.step,
    direction,
    round: 1,
    attempt: 1,
    purpose: "do",
    command,
    data: dataOf(step, message.data as JsonObject, id),
    success,
    ...(failure === undefined ? {} : { failure }),
    idempotencyKey: idempotencyKey(id, step.step, direction, 1),
    time: message.time,
    // A step is asked for by this very event; what it undoes may have been done when the saga began.
    ...(direction === "compensation" ? { since } : {}),
    cause: {
      correlationid: message.correlationid,
      causationid: message.id,
      ...(message.traceparent === undefined ? {} : { traceparent: message.traceparent }),
      saganame: saga,
      sagaid: id,
      sagastep: step.step,
      sagadirection: direction,
      sagasince: since,
    },
    replies: "noops",
  };
}

/**
 * Since when the saga has been under way, as its own events say from one to the next: the participant may have forgotten
 * since what a compensation is to undo (R20). An event that no step of it has caused begins it anew, as far as anybody can
 * tell.
 */
function sinceOf({ saganame, sagaid, sagasince, time }: Message, saga: string, id: string): string {
  return saganame === saga && sagaid === id ? (sagasince ?? time) : time;
}

/** A field whose path leads nowhere is left out: an optional field of the event. */
function dataOf({ input }: ChoreographedStep, event: JsonObject, id: string): JsonObject {
  const fields = Object.entries(input).flatMap(([field, value]): [string, Json][] => {
    const found = inputOf(value, event, id);
    return found === undefined ? [] : [[field, found]];
  });
  return Object.fromEntries(fields);
}

function inputOf(value: SagaInputValue, event: JsonObject, id: string): Json | undefined {
  if ("literal" in value) return value.literal;
  const { path } = value;
  switch (path.from) {
    case "on":
    // Only a step that starts at the trigger may read it: there it is the same event.
    case "trigger":
      return within(event, path.at);
    case "id":
      return id;
    case "step":
    case "failure":
      // Nobody keeps replies; the validator refuses such a path.
      return undefined;
  }
}

function nameOf({ step, direction }: ChoreographedStep): string {
  return direction === "forward" ? `step ${step}` : `compensation of ${step}`;
}
