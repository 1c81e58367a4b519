import { isUnavailable } from "../database/errors.ts";
import type { Message } from "../message/message.ts";
import type { Failed } from "./attempt.ts";
import { type ConsumerOptions, type ExternalHandler, NotYetError } from "./consumer-options.ts";
import type { Decided } from "./decide.ts";
import type { Item } from "./item.ts";
import { lockParkedKeys, writeLetter } from "./letters.ts";
import { isForgotten, isMarked, mark, standingAt } from "./marks.ts";
import { report } from "./report.ts";

/** One try of one message outside any transaction. */
export type ExternalAttempt = (
  item: Item & { readonly message: Message },
  handler: ExternalHandler,
  signal: AbortSignal,
) => Promise<Failed | undefined>;

const nothing: Decided = { handled: [], duplicates: [], forgotten: [], parked: [], deadLettered: [] };

/**
 * Its mark is in the handler's own last transaction. The look beforehand spares the call of one that is decided
 * already; two that look at once both call, with one key, and the mark decides.
 */
export function externalAttempter(options: ConsumerOptions): ExternalAttempt {
  const { name, database, observer, keepsOrder = true } = options;

  return async (item, handler, signal) => {
    const { message } = item;
    signal.throwIfAborted();
    const before = await look(item, message);
    if (before !== undefined) {
      report(options, before);
      return undefined;
    }
    const since = performance.now();
    const marking: { first?: boolean } = {};
    const once = async (tx: Parameters<typeof mark>[0]) => {
      marking.first = (await mark(tx, name, [message.id])).size === 1;
      return marking.first;
    };
    try {
      await handler(message, { database, mark: once, signal });
      if (marking.first === undefined) await database.transaction(once);
    } catch (error) {
      if (isUnavailable(error)) throw error;
      // The partition is taken, or the consumer stops: not the message's fault.
      signal.throwIfAborted();
      if (!(error instanceof NotYetError)) observer?.failed?.(message, error, (performance.now() - since) / 1000);
      return { item: 0, error };
    }
    const seconds = (performance.now() - since) / 1000;
    report(
      options,
      marking.first === false ? { ...nothing, duplicates: [message] } : { ...nothing, handled: [{ message, seconds }] },
    );
    return undefined;
  };

  /** What has been decided without its handler. */
  function look(item: Item, message: Message): Promise<Decided | undefined> {
    return database.transaction(async (tx) => {
      const standing = await standingAt(tx, name, item);
      if (standing !== undefined && isForgotten(item, standing)) return { ...nothing, forgotten: [message] };
      if (await isMarked(tx, name, message.id)) return { ...nothing, duplicates: [message] };
      if (!keepsOrder || (await lockParkedKeys(tx, name, item.record.topic, [item.key])).size === 0) return undefined;
      if ((await mark(tx, name, [message.id])).size === 0) return { ...nothing, duplicates: [message] };
      await writeLetter(tx, name, item, "waiting");
      return { ...nothing, parked: [item] };
    });
  }
}
