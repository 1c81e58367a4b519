import type { Broker } from "../../broker/broker.ts";
import type { Database, Transaction } from "../../database/database.ts";
import { createConsumer } from "../../inbox/consumer.ts";
import { type Consumer, type ConsumerOptions, GiveUpError } from "../../inbox/consumer-options.ts";
import type { Message } from "../../message/message.ts";
import type { JsonObject, SagaDefinition } from "../definition.ts";
import type { SagaTrigger, SetOrchestrator } from "./create-orchestrator.ts";
import type { InFlightLimit } from "./limit.ts";
import type { HearNews } from "./news.ts";
import { both } from "./observers.ts";
import { createTelling } from "./telling.ts";

export interface TriggerConsumerOptions
  extends Pick<ConsumerOptions, "instance" | "retry" | "horizonMs" | "observer" | "onCommit" | "replayPollMs"> {
  readonly database: Database;
  readonly broker: Broker;
  readonly orchestrator: Pick<SetOrchestrator, "begin">;
  readonly definition: SagaDefinition;
  /** Topic of the trigger. */
  readonly topic: string;
  readonly limit: InFlightLimit;
  /** Sagas that have ended are kept so long: an older trigger's may have been one of them. */
  readonly retentionMs: number;
  readonly hear: HearNews;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The clocks of the trigger's service and of this database differ by less. */
const CLOCKS_MS = 3_600_000;

/** R20: the group of one saga's trigger, apart from every other's, so that a full saga holds up no other. */
export function triggerConsumerName(saga: string): string {
  return `${saga}.trigger`;
}

/** Begins a saga at each trigger, once (R1), while the limit on those in flight allows it (R20). */
export function createTriggerConsumer(options: TriggerConsumerOptions): Consumer {
  const { database, broker, orchestrator, definition, topic, limit, retentionMs, hear, observer, ...settings } =
    options;
  const now = options.now ?? Date.now;
  const telling = createTelling(hear);

  async function handleAll(messages: readonly Message[], tx: Transaction): Promise<void> {
    const triggers = messages.filter(({ type }) => type === definition.trigger);
    for (const message of triggers) refuseOld(message);
    const begun = await orchestrator.begin(
      tx,
      triggers.map((message) => triggerOf(definition, message)),
      (fresh) => limit.reserve(tx, fresh),
    );
    for (const [at, { id }] of triggers.entries()) telling.keep(id, begun[at]!.news);
  }

  /** R20: its saga may have ended and been forgotten, and must not run a second time. */
  function refuseOld({ id, time }: Message): void {
    const ageMs = now() - Date.parse(time);
    if (ageMs < retentionMs - CLOCKS_MS) return;
    throw new GiveUpError(
      `the trigger ${id} is of ${time}, and sagas of ${definition.saga} that have ended are kept for ` +
        `${Math.floor(retentionMs / 86_400_000)} days: nobody can tell whether it has had its saga already`,
    );
  }

  return createConsumer({
    ...settings,
    name: triggerConsumerName(definition.saga),
    database,
    broker,
    topics: [topic],
    handlers: {},
    handleAll,
    admit: limit.admit,
    // Each trigger has a saga of its own: none waits for another.
    keepsOrder: false,
    observer: both(observer, telling.observer),
  });
}

function triggerOf({ saga, key: path }: SagaDefinition, message: Message): SagaTrigger {
  const key = path.reduce<unknown>((value, name) => (value as JsonObject | null | undefined)?.[name], message.data);
  if ((typeof key !== "string" && typeof key !== "number") || key === "") {
    throw new GiveUpError(`the trigger ${message.id} has no key of ${saga} at $.trigger.${path.join(".")}`);
  }
  return {
    saga,
    key: String(key),
    data: message.data as JsonObject,
    messageId: message.id,
    correlationid: message.correlationid,
    traceparent: message.traceparent,
  };
}
