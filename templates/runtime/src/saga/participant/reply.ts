import { ContractError, dataschemaOf } from "../../aggregate/execute.ts";
import type { OutboxMessage } from "../../outbox/outbox.ts";
import type { NamedEvent, ServiceDefinition } from "../../service/definition.ts";
import type { Answer } from "./judge.ts";
import type { StoredReply } from "./row.ts";
import type { SagaTask } from "./task.ts";

export interface TaskOutcome {
  readonly outcome: "success" | "failure";
  readonly reply: StoredReply;
}

/**
 * What a command has come to: the one of its events that the saga waits for.
 * @throws ContractError when it led to none of them, or to both
 */
export function outcomeOf(definition: ServiceDefinition, task: SagaTask, events: readonly NamedEvent[]): TaskOutcome {
  const { name } = definition;
  const found = events.filter(({ type }) => [task.success, task.failure].includes(`${name}.${type}`));
  const types = new Set(found.map(({ type }) => `${name}.${type}`));
  const [type] = types;
  if (type === undefined || types.size > 1) {
    const wanted = [task.success, ...(task.failure === undefined ? [] : [task.failure])].join(" or ");
    const came = types.size > 1 ? "both" : events.map((event) => event.type).join(", ") || "nothing";
    throw new ContractError(`${name}.${task.command} must lead to ${wanted}, and led to ${came}`);
  }
  const event = found.at(-1)!;
  return {
    outcome: type === task.success ? "success" : "failure",
    reply: { type, dataschema: dataschemaOf(definition, event.type), data: event.data },
  };
}

/** The reply, for the outbox; none where nobody would hear of it. */
export function replyOf({ name }: ServiceDefinition, task: SagaTask, answer: Answer): readonly OutboxMessage[] {
  const { type, data, dataschema, noop, outcome, round } = answer;
  if (task.replies === "noops" && noop !== true) return [];
  return [
    {
      topic: `${task.saga}.replies`,
      key: task.sagaId,
      aggregateType: "Saga",
      envelope: {
        type,
        source: `/${name}`,
        subject: task.sagaId,
        ...(dataschema === undefined ? {} : { dataschema }),
        ...task.cause,
        saganame: task.saga,
        sagaid: task.sagaId,
        sagastep: task.step,
        sagadirection: task.direction,
        saground: round,
        sagaattempt: task.attempt,
        idempotencykey: task.idempotencyKey,
        sagaoutcome: outcome,
        ...(noop === undefined ? {} : { saganoop: noop }),
      },
      data,
    },
  ];
}
