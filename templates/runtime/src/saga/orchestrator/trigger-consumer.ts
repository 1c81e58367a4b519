import type { Transaction } from "../../database/database.ts";
import { type ConsumerObserver, GiveUpError } from "../../inbox/consumer-options.ts";
import type { Message } from "../../message/message.ts";
import type { JsonObject, SagaDefinition } from "../definition.ts";
import { keyIn } from "../key.ts";
import type { SagaTrigger, SetOrchestrator } from "./create-orchestrator.ts";
import type { InFlightLimit } from "./limit.ts";
import type { HearNews } from "./news.ts";
import { refuseForgotten } from "./refuse-forgotten.ts";
import type { SagaConsumer } from "./saga-consumer.ts";
import { createTelling } from "./telling.ts";

export interface TriggerConsumerOptions {
  readonly orchestrator: Pick<SetOrchestrator, "begin">;
  readonly definition: SagaDefinition;
  /** Topic of the trigger. */
  readonly topic: string;
  readonly limit: InFlightLimit;
  /** Sagas that have ended are kept so long: an older trigger's may have been one of them. */
  readonly retentionMs: number;
  readonly hear: HearNews;
}

/** R20: the group of one saga's trigger, apart from every other's, so that a full saga holds up no other. */
function triggerConsumerName(saga: string): string {
  return `${saga}.trigger`;
}

/** Begins a saga at each trigger, once (R1), while the limit on those in flight allows it (R20). */
export function triggerConsumer(options: TriggerConsumerOptions): SagaConsumer {
  const { orchestrator, definition, topic, limit, retentionMs } = options;
  const telling = createTelling(options.hear);
  const deciding = decidingFor(limit);

  async function handleAll(messages: readonly Message[], tx: Transaction): Promise<void> {
    await refuseForgotten(tx, definition.saga, messages, retentionMs);
    const begun = await orchestrator.begin(
      tx,
      messages.map((message) => triggerOf(definition, message)),
      (fresh) => limit.reserve(tx, fresh),
    );
    for (const [at, { id }] of messages.entries()) telling.keep(id, begun[at]!.news);
  }

  return {
    name: triggerConsumerName(definition.saga),
    topics: [topic],
    // Other events of the topic move on.
    handlers: { [definition.trigger]: (message, tx) => handleAll([message], tx) },
    handleAll,
    // Each trigger has a saga of its own: none waits for another.
    keepsOrder: false,
    admit: limit.admit,
    observe: (observer) => telling.observe(deciding(observer)),
  };
}

/** An observer that tells the limit, too, what has become of what it admitted. */
function decidingFor(limit: Pick<InFlightLimit, "decided">): (observer: ConsumerObserver) => ConsumerObserver {
  return (observer) => ({
    ...observer,
    handled(message, seconds) {
      limit.decided();
      observer.handled?.(message, seconds);
    },
    duplicate(message) {
      limit.decided();
      observer.duplicate?.(message);
    },
    forgotten(message) {
      limit.decided();
      observer.forgotten?.(message);
    },
    deadLettered(letter) {
      limit.decided();
      observer.deadLettered?.(letter);
    },
  });
}

function triggerOf({ saga, key: path }: SagaDefinition, message: Message): SagaTrigger {
  const key = keyIn(path, message.data);
  if (key === undefined) {
    throw new GiveUpError(`the trigger ${message.id} has no key of ${saga} at $.trigger.${path.join(".")}`);
  }
  return {
    saga,
    key,
    data: message.data as JsonObject,
    messageId: message.id,
    correlationid: message.correlationid,
    traceparent: message.traceparent,
  };
}
