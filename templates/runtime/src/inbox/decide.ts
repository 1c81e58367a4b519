import type { Transaction } from "../database/database.ts";
import type { Message } from "../message/message.ts";
import type { Handler } from "./consumer-options.ts";
import type { Item } from "./item.ts";
import { lockParkedKeys, openKey, writeLetter } from "./letters.ts";
import { mark, movePosition } from "./marks.ts";

/** What one transaction has decided about each item, in order. */
export interface Decided {
  readonly handled: readonly { readonly message: Message; readonly seconds: number }[];
  readonly duplicates: readonly Message[];
  readonly forgotten: readonly Message[];
  readonly parked: readonly Item[];
  readonly deadLettered: readonly Item[];
}

/** How far a transaction has come: tells a failing handler from a failing database. */
export interface Progress {
  at: { readonly item: number; readonly since: number } | "preparing" | "committing";
}

/** Whether an item concerns this consumer at all. A record that cannot be read might. */
export function concerns(item: Item, handlers: Readonly<Record<string, Handler>>): boolean {
  return item.message === undefined || Object.hasOwn(handlers, item.message.type);
}

/**
 * Decides about items of one partition, in order and in the caller's transaction: marks first, then handlers. Items of a
 * key that has dead letters are parked behind them; so is what follows an unreadable record of the same key.
 */
export async function decide(
  tx: Transaction,
  consumer: string,
  items: readonly Item[],
  handlers: Readonly<Record<string, Handler>>,
  progress: Progress,
): Promise<Decided> {
  progress.at = "preparing";
  const standing = await movePosition(tx, consumer, items);
  const isForgotten = ({ record }: Item) =>
    record.offset < standing.previousOffset && record.timestamp < standing.forgottenBefore;
  const ids = items.flatMap((item) => (item.message === undefined || isForgotten(item) ? [] : [item.message.id]));
  const unseen = new Set(await mark(tx, consumer, ids));
  // After the marks, with a snapshot of its own: a mark may have waited for the transaction that parked its key.
  const { topic } = items[0]!.record;
  const parkedKeys = await lockParkedKeys(tx, consumer, topic, [...new Set(items.map((item) => item.key))]);
  const handled: { message: Message; seconds: number }[] = [];
  const duplicates: Message[] = [];
  const forgotten: Message[] = [];
  const parked: Item[] = [];
  const deadLettered: Item[] = [];

  for (const [index, item] of items.entries()) {
    if (item.message === undefined) {
      // It has no mark. Its place in the partition tells whether it has a letter.
      if (item.record.offset < standing.previousOffset) continue;
      const first = await openKey(tx, consumer, topic, item.key);
      const failure = { error: item.malformed, attempts: 1, firstFailedAt: new Date() };
      await writeLetter(tx, consumer, item, first ? "failed" : "waiting", failure);
      parkedKeys.add(item.key);
      deadLettered.push(item);
    } else if (isForgotten(item)) {
      forgotten.push(item.message);
    } else if (!unseen.delete(item.message.id)) {
      duplicates.push(item.message);
    } else if (parkedKeys.has(item.key)) {
      await writeLetter(tx, consumer, item, "waiting");
      parked.push(item);
    } else {
      const since = performance.now();
      progress.at = { item: index, since };
      await handlers[item.message.type]!(item.message, tx);
      handled.push({ message: item.message, seconds: (performance.now() - since) / 1000 });
    }
  }
  progress.at = "committing";
  return { handled, duplicates, forgotten, parked, deadLettered };
}
