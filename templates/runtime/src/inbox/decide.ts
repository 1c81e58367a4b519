import type { Transaction } from "../database/database.ts";
import type { Message } from "../message/message.ts";
import { enter } from "./enter.ts";
import type { Item } from "./item.ts";
import { hasLetter, lockParkedKeys, openKey, writeLetter } from "./letters.ts";
import { isForgotten, type Part, type Standing } from "./marks.ts";
import type { Work } from "./work.ts";

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
  /** While handlers run: of which item, or of how many at once. */
  at:
    | { readonly item: number; readonly since: number }
    | { readonly together: true; readonly since: number }
    | "preparing"
    | "committing";
}

export interface Deciding {
  readonly consumer: string;
  readonly work: Work;
  readonly keepsOrder: boolean;
  readonly progress: Progress;
}

/**
 * Decides about items, those of each partition in order, in the caller's transaction: marks first, then letters, then
 * handlers. Items of a key that has dead letters are parked behind them, if the consumer keeps order; so is what
 * follows an unreadable record of the same key.
 */
export async function decide(tx: Transaction, parts: readonly Part[], deciding: Deciding): Promise<Decided> {
  const { progress } = deciding;
  progress.at = "preparing";
  const { open, ...sorted } = await sort(tx, parts, deciding);
  const handled = await handle(tx, open, deciding);
  progress.at = "committing";
  return { ...sorted, handled };
}

type Open = { readonly index: number; readonly message: Message };
interface Sorted {
  readonly open: Open[];
  readonly duplicates: Message[];
  readonly forgotten: Message[];
  readonly parked: Item[];
  readonly deadLettered: Item[];
}

async function sort(tx: Transaction, parts: readonly Part[], { consumer, keepsOrder }: Deciding): Promise<Sorted> {
  const { standings, unseen } = await enter(tx, consumer, parts);
  const placed = parts.flatMap(({ items }, at) => items.map((item): Placed => ({ item, standing: standings[at]! })));
  // After the marks, with a snapshot of its own: a mark may have waited for the transaction that parked its key.
  const parkedKeysOf = new Map<string, Set<string>>();
  for (const [topic, here] of Map.groupBy(placed, ({ item }) => item.record.topic)) {
    const keys = keepsOrder ? [...new Set(here.map(({ item }) => item.key))] : [];
    parkedKeysOf.set(topic, await lockParkedKeys(tx, consumer, topic, keys));
  }
  const sorted: Sorted = { open: [], duplicates: [], forgotten: [], parked: [], deadLettered: [] };

  for (const [index, { item, standing }] of placed.entries()) {
    const { message } = item;
    const { topic } = item.record;
    const parkedKeys = parkedKeysOf.get(topic)!;
    if (message === undefined) {
      // It has no mark. Its place in the partition tells whether it has a letter, as far as all before it is decided.
      if (item.record.offset < standing.previousOffset || (await hasLetter(tx, consumer, item))) continue;
      const first = !keepsOrder || (await openKey(tx, consumer, topic, item.key));
      const failure = { error: item.malformed, attempts: 1, firstFailedAt: new Date() };
      await writeLetter(tx, consumer, item, first ? "failed" : "waiting", failure);
      if (keepsOrder) parkedKeys.add(item.key);
      sorted.deadLettered.push(item);
    } else if (isForgotten(item, standing)) {
      sorted.forgotten.push(message);
    } else if (!unseen.delete(message.id)) {
      sorted.duplicates.push(message);
    } else if (parkedKeys.has(item.key)) {
      await writeLetter(tx, consumer, item, "waiting");
      sorted.parked.push(item);
    } else {
      sorted.open.push({ index, message });
    }
  }
  return sorted;
}

type Placed = { readonly item: Item; readonly standing: Standing };

async function handle(
  tx: Transaction,
  open: readonly Open[],
  { work, progress }: Deciding,
): Promise<Decided["handled"]> {
  if (work.together && open.length > 1) {
    const since = performance.now();
    progress.at = { together: true, since };
    const messages = open.map(({ message }) => message);
    await work.handle(messages, tx);
    const seconds = (performance.now() - since) / 1000 / messages.length;
    return messages.map((message) => ({ message, seconds }));
  }
  const handled: { message: Message; seconds: number }[] = [];
  for (const { index, message } of open) {
    const since = performance.now();
    progress.at = { item: index, since };
    await work.handle([message], tx);
    handled.push({ message, seconds: (performance.now() - since) / 1000 });
  }
  return handled;
}
