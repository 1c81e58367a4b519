import type { Transaction } from "../../database/database.ts";
import { GiveUpError } from "../../inbox/consumer-options.ts";
import { tell } from "../../inbox/letters.ts";
import type { Message } from "../../message/message.ts";
import type { SagaInput } from "../transition.ts";
import type { SetOrchestrator } from "./create-orchestrator.ts";
import type { HearNews } from "./news.ts";
import { addressedReply, replyFor } from "./reply.ts";
import type { SagaConsumer } from "./saga-consumer.ts";
import { createTelling } from "./telling.ts";

export interface ReplyConsumerOptions {
  readonly orchestrator: Pick<SetOrchestrator, "applyAll">;
  readonly saga: string;
  /** `payment.replies`. */
  readonly topic: string;
  readonly hear: HearNews;
}

function replyConsumerName(saga: string): string {
  return `${saga}.replies`;
}

/**
 * Moves sagas by the replies of their participants. One that cannot be handled goes to the dead letters and makes its
 * saga stuck, in one transaction; it does not hold up the next (R18). Replayed, it settles its step.
 */
export function replyConsumer({ orchestrator, saga, topic, hear }: ReplyConsumerOptions): SagaConsumer {
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

  return {
    name: replyConsumerName(saga),
    topics: [topic],
    handlers: {},
    handleAll,
    keepsOrder: false,
    onGivenUp,
    observe: telling.observe,
  };
}

function causeOf({ id, traceparent }: Message): { readonly causedBy: string; readonly traceparent?: string } {
  return { causedBy: id, ...(traceparent === undefined ? {} : { traceparent }) };
}
