import type { Transaction } from "../../database/database.ts";
import { GiveUpError } from "../../inbox/consumer-options.ts";
import { tell } from "../../inbox/letters.ts";
import type { Message } from "../../message/message.ts";
import type { HostedSaga } from "../../service/definition.ts";
import type { JsonObject, SagaDefinition } from "../definition.ts";
import { sagaId } from "../definition.ts";
import { keyIn } from "../key.ts";
import type { SagaSight, SetOrchestrator } from "../orchestrator/create-orchestrator.ts";
import type { HearNews } from "../orchestrator/news.ts";
import { refuseForgotten } from "../orchestrator/refuse-forgotten.ts";
import { addressedReply, replyFor } from "../orchestrator/reply.ts";
import type { SagaConsumer } from "../orchestrator/saga-consumer.ts";
import { createTelling } from "../orchestrator/telling.ts";

export interface WatchConsumerOptions {
  readonly orchestrator: Pick<SetOrchestrator, "watch" | "applyAll">;
  readonly hosted: HostedSaga;
  /** Sagas that have ended are kept so long: an older event's may have been one of them. */
  readonly retentionMs: number;
  readonly hear: HearNews;
}

function watchConsumerName(saga: string): string {
  return `${saga}.watch`;
}

/**
 * The watchdog of a choreography: sees its trigger, its events and the compensations that had nothing to undo, which
 * have no event. It has no limit on what is in flight (R20): the services take the trigger from its topic themselves,
 * so that a watchdog that waits would hold back nothing but its own sight, and the deadlines with it.
 */
export function watchConsumer({ orchestrator, hosted, retentionMs, hear }: WatchConsumerOptions): SagaConsumer {
  const { definition, eventTopics, repliesTopic } = hosted;
  const { saga } = definition;
  const telling = createTelling(hear);

  async function handleAll(messages: readonly Message[], tx: Transaction): Promise<void> {
    await refuseForgotten(tx, saga, messages, retentionMs);
    const sights = messages.flatMap((message) =>
      message.topic === repliesTopic ? silence(saga, message) : [sight(definition, message)],
    );
    const moved = await orchestrator.watch(tx, sights);
    for (const [at, { messageId }] of sights.entries()) telling.keep(messageId, moved[at]!.news);
  }

  /** R18: whoever looks at the saga sees where it stands, and why, as far as the event says of which step it comes. */
  async function onGivenUp(message: Message, error: unknown, tx: Transaction): Promise<void> {
    const { saganame, sagaid: id, sagastep: step, sagadirection: direction } = message;
    if (saganame !== saga || id === undefined || step === undefined || direction === undefined) return;
    const [moved] = await orchestrator.applyAll(tx, [
      { id, input: { type: "unhandled", step, direction, error: tell(error).error }, causedBy: message.id },
    ]);
    telling.keep(message.id, moved!.news);
  }

  return {
    name: watchConsumerName(saga),
    topics: [...new Set([...Object.values(eventTopics), ...(repliesTopic === undefined ? [] : [repliesTopic])])],
    // Other events of the topics move on. A reply has the type of the event that it stands for.
    handlers: Object.fromEntries(
      Object.keys(eventTopics).map((type) => [type, (message, tx) => handleAll([message], tx)]),
    ),
    handleAll,
    // What is seen counts in any order: no event waits for another of its key.
    keepsOrder: false,
    onGivenUp,
    observe: telling.observe,
  };
}

function sight({ saga, key: path }: SagaDefinition, message: Message): SagaSight {
  const key = keyIn(path, message.data);
  if (key === undefined) {
    throw new GiveUpError(
      `${message.type} ${message.id} has no ${path.join(".")}, by which the saga ${saga} knows whose event it is`,
    );
  }
  const id = sagaId(saga, key);
  const data = message.data as JsonObject;
  return {
    ...sightOf(saga, key, message),
    data,
    input: ({ trigger }) =>
      message.type === trigger ? { type: "triggered", id, data } : { type: "seen", id, event: message.type, data },
  };
}

/** A compensation that had nothing to undo. Of what else may stand there, the events tell. */
function silence(saga: string, message: Message): readonly SagaSight[] {
  if (message.saganoop !== true) return [];
  const reply = addressedReply(message);
  const { id } = reply;
  if (!id.startsWith(`${saga}:`))
    throw new GiveUpError(`${message.type} ${message.id} is of ${id}, and not of ${saga}`);
  const key = id.slice(saga.length + 1);
  return [
    { ...sightOf(saga, key, message), data: {}, input: (definition) => ({ ...replyFor(definition, reply), id }) },
  ];
}

function sightOf(saga: string, key: string, { id, correlationid, traceparent }: Message) {
  return { saga, key, messageId: id, correlationid, traceparent };
}
