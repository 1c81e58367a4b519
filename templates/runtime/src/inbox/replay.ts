import type { IncomingRecord } from "../broker/broker.ts";
import { isUnavailable } from "../database/errors.ts";
import type { Message } from "../message/message.ts";
import { type ConsumerOptions, type ExternalHandler, GiveUpError, NotYetError } from "./consumer-options.ts";
import { readItem } from "./item.ts";
import { failAgain, type Letter, type LetterQueue, queuesToDrain, resolve } from "./letter-queue.ts";
import { tell } from "./letters.ts";
import { refreshMark } from "./marks.ts";
import { type RetryPolicy, retryPolicy } from "./retry-policy.ts";
import { workOf } from "./work.ts";

/** What became of a queue's first letter. */
type Step =
  | "handled"
  | "drained"
  /** Another member has it, an operator must decide, or its time has not come. */
  | "held"
  | { readonly letter: Letter; readonly message?: Message | undefined; readonly error: unknown };

/** A letter on its way, for the observer. */
interface Current {
  readonly letter: Letter;
  readonly since: number;
  message?: Message;
  external?: ExternalHandler;
}

/**
 * Handles the letters that an operator has set going: of each key in order, the replayed one, then those that waited
 * behind it. Each in one transaction with its mark, like any message; external ones outside of it, like these. Any
 * member of the consumer may do it; the lock of the key's row, or of the letter, decides who does. A replayed letter is
 * tried once, one that waited as often as a new message.
 */
export function letterReplayer(options: ConsumerOptions): (signal: AbortSignal) => Promise<void> {
  const { name, database, observer } = options;
  const policy = retryPolicy(options.retry);
  const work = workOf(options);

  return async (signal) => {
    for (const queue of await queuesToDrain(database.query, name)) await drain(queue, signal);
  };

  async function drain(queue: LetterQueue, signal: AbortSignal): Promise<void> {
    let attempts = 0;
    while (!signal.aborted) {
      const outcome = await step(queue, signal);
      if (outcome === "drained" || outcome === "held") return;
      if (outcome === "handled") {
        attempts = 0;
        continue;
      }
      attempts++;
      const { letter, error } = outcome;
      if (letter.status === "replaying" || error instanceof GiveUpError || attempts >= policy.attempts)
        return giveUp(queue, outcome, attempts);
      await pause(policy, attempts, signal);
    }
  }

  async function step(queue: LetterQueue, signal: AbortSignal): Promise<Step> {
    let current: Current | undefined;
    try {
      const outcome = await database.transaction(async (tx): Promise<Step | "external"> => {
        current = undefined;
        if (!(await queue.hold(tx))) return "held";
        const letter = await queue.first(tx);
        if (letter === undefined) {
          await queue.close(tx);
          return "drained";
        }
        if (letter.status === "failed") {
          await queue.stop(tx);
          return "held";
        }
        current = { letter, since: performance.now() };
        const message = messageOf(letter);
        current.message = message;
        const external = work.external(message);
        if (external !== undefined) {
          current.external = external;
          return "external";
        }
        await work.handle([message], tx);
        await refreshMark(tx, name, message.id);
        await resolve(tx, letter);
        return "handled";
      });
      if (outcome === "external") await outside(current!, signal);
      else if (outcome !== "handled") return outcome;
      options.onCommit?.();
      if (current?.message !== undefined) observer?.handled?.(current.message, secondsOf(current));
      return "handled";
    } catch (error) {
      if (isUnavailable(error) || current === undefined) throw error;
      const { letter, message } = current;
      if (error instanceof NotYetError) {
        // Asked again at the next look for letters.
        if (error.keeping !== undefined) await database.transaction(error.keeping);
        return "held";
      }
      if (message !== undefined) observer?.failed?.(message, error, secondsOf(current));
      return { letter, message, error };
    }
  }

  /** The letter is held by nobody meanwhile: a second member would make the same call with the same key. */
  async function outside({ letter, message, external }: Current, signal: AbortSignal): Promise<void> {
    let marked = false;
    const mark = async (tx: Parameters<typeof resolve>[0]) => {
      marked = true;
      await refreshMark(tx, name, message!.id);
      return resolve(tx, letter);
    };
    await external!(message!, { database, mark, signal });
    if (!marked) await database.transaction(mark);
  }

  async function giveUp(
    queue: LetterQueue,
    { letter, message, error }: Exclude<Step, string>,
    attempts: number,
  ): Promise<void> {
    await database.transaction(async (tx) => {
      if (!(await queue.hold(tx))) return;
      if (!(await failAgain(tx, letter, attempts, tell(error)))) return;
      await queue.stop(tx);
      // A replayed one had been given up before.
      if (letter.status === "waiting" && message !== undefined) await options.onGivenUp?.(message, error, tx);
    });
  }
}

function secondsOf({ since }: Current): number {
  return (performance.now() - since) / 1000;
}

async function pause(policy: RetryPolicy, attempts: number, signal: AbortSignal): Promise<void> {
  await policy.pause(attempts, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function messageOf(letter: Letter): Message {
  const record: IncomingRecord = {
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.recordOffset,
    timestamp: letter.recordTime,
    key: letter.key,
    value: letter.payload,
    headers: letter.headers,
  };
  const item = readItem(record);
  if (item.message === undefined) throw item.malformed;
  return item.message;
}
