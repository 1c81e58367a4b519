import type { Transaction } from "../database/database.ts";
import type { Message } from "../message/message.ts";
import type { Item } from "./item.ts";
import { hasLetter, lockParkedKeys, openKey, writeLetter } from "./letters.ts";
import { isForgotten, mark, movePosition } from "./marks.ts";
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
  /** Offset of the first item that stays undecided while these are decided. */
  readonly floor?: bigint | undefined;
}

/**
 * Decides about items of one partition, in order and in the caller's transaction: marks first, then letters, then
 * handlers. Items of a key that has dead letters are parked behind them, if the consumer keeps order; so is what
 * follows an unreadable record of the same key.
 */
export async function decide(tx: Transaction, items: readonly Item[], deciding: Deciding): Promise<Decided> {
  const { progress } = deciding;
  progress.at = "preparing";
  const { open, ...sorted } = await sort(tx, items, deciding);
  const handled = await handle(tx, open, deciding);
  progress.at = "committing";
  return { ...sorted, handled };
}

type Open = { readonly index: number; readonly message: Message };
type Sorted = Omit<Decided, "handled"> & { readonly open: readonly Open[] };

async function sort(
  tx: Transaction,
  items: readonly Item[],
  { consumer, keepsOrder, floor }: Deciding,
): Promise<Sorted> {
  const standing = await movePosition(tx, consumer, items, floor);
  const ids = items.flatMap((item) =>
    item.message === undefined || isForgotten(item, standing) ? [] : [item.message.id],
  );
  const unseen = new Set(await mark(tx, consumer, ids));
  // After the marks, with a snapshot of its own: a mark may have waited for the transaction that parked its key.
  const { topic } = items[0]!.record;
  const keys = keepsOrder ? [...new Set(items.map((item) => item.key))] : [];
  const parkedKeys = await lockParkedKeys(tx, consumer, topic, keys);
  const open: Open[] = [];
  const duplicates: Message[] = [];
  const forgotten: Message[] = [];
  const parked: Item[] = [];
  const deadLettered: Item[] = [];

  for (const [index, item] of items.entries()) {
    const { message } = item;
    if (message === undefined) {
      // It has no mark. Its place in the partition tells whether it has a letter, as far as all before it is decided.
      if (item.record.offset < standing.previousOffset || (await hasLetter(tx, consumer, item))) continue;
      const first = !keepsOrder || (await openKey(tx, consumer, topic, item.key));
      const failure = { error: item.malformed, attempts: 1, firstFailedAt: new Date() };
      await writeLetter(tx, consumer, item, first ? "failed" : "waiting", failure);
      if (keepsOrder) parkedKeys.add(item.key);
      deadLettered.push(item);
    } else if (isForgotten(item, standing)) {
      forgotten.push(message);
    } else if (!unseen.delete(message.id)) {
      duplicates.push(message);
    } else if (parkedKeys.has(item.key)) {
      await writeLetter(tx, consumer, item, "waiting");
      parked.push(item);
    } else {
      open.push({ index, message });
    }
  }
  return { open, duplicates, forgotten, parked, deadLettered };
}

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
