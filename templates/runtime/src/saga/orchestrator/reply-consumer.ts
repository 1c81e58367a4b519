import type { Broker } from "../../broker/broker.ts";
import type { Database, Transaction } from "../../database/database.ts";
import { createConsumer } from "../../inbox/consumer.ts";
import { type Consumer, type ConsumerOptions, GiveUpError } from "../../inbox/consumer-options.ts";
import { tell } from "../../inbox/letters.ts";
import type { Message } from "../../message/message.ts";
import type { SagaInput } from "../transition.ts";
import type { SetOrchestrator } from "./create-orchestrator.ts";
import type { HearNews } from "./news.ts";
import { both } from "./observers.ts";
import { addressedReply, replyFor } from "./reply.ts";
import { createTelling } from "./telling.ts";

export interface ReplyConsumerOptions
  extends Pick<ConsumerOptions, "instance" | "retry" | "horizonMs" | "observer" | "onCommit" | "replayPollMs"> {
  readonly database: Database;
  readonly broker: Broker;
  readonly orchestrator: Pick<SetOrchestrator, "applyAll">;
  readonly saga: string;
  /** `payment.replies`. */
  readonly topic: string;
  readonly hear: HearNews;
}

export function replyConsumerName(saga: string): string {
  return `${saga}.replies`;
}

/**
 * Moves sagas by the replies of their participants. One that cannot be handled goes to the dead letters and makes its
 * saga stuck, in one transaction; it does not hold up the next (R18). Replayed, it settles its step.
 */
export function createReplyConsumer(options: ReplyConsumerOptions): Consumer {
  const { database, broker, orchestrator, saga, topic, hear, observer, ...settings } = options;
  const telling = createTelling(hear);

  async function handleAll(messages: readonly Message[], tx: Transaction): Promise<void> {
    const replies = messages.map(addressedReply);
    const moved = await orchestrator.applyAll(
      tx,
      replies.map((reply) => ({
        id: reply.id,
        input: (definition) => replyFor(definition, reply),
        ...causeOf(reply.message),
      })),
    );
    for (const [at, { id, message }] of replies.entries()) {
      const { applied, news } = moved[at]!;
      if (applied.outcome === "unknown-saga") {
        throw new GiveUpError(`${message.type} ${message.id} answers ${id}, and there is no such saga here`);
      }
      telling.keep(message.id, news);
    }
  }

  /** R18: whoever looks at the saga sees where it stands, and why. */
  async function onGivenUp(message: Message, error: unknown, tx: Transaction): Promise<void> {
    const { sagaid, sagastep: step, sagadirection: direction } = message;
    if (sagaid === undefined || step === undefined || direction === undefined) return;
    const input: SagaInput = { type: "unhandled", step, direction, error: tell(error).error };
    const [moved] = await orchestrator.applyAll(tx, [{ id: sagaid, input, ...causeOf(message) }]);
    telling.keep(message.id, moved!.news);
  }

  return createConsumer({
    ...settings,
    name: replyConsumerName(saga),
    database,
    broker,
    topics: [topic],
    handlers: {},
    handleAll,
    keepsOrder: false,
    onGivenUp,
    observer: both(observer, telling.observer),
  });
}

function causeOf({ id, traceparent }: Message): { readonly causedBy: string; readonly traceparent?: string } {
  return { causedBy: id, ...(traceparent === undefined ? {} : { traceparent }) };
}
