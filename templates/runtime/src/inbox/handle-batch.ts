import type { Batch } from "../broker/broker.ts";
import { isUnavailable, mayBeRetried } from "../database/errors.ts";
import type { ConsumerOptions, LetteredMessage } from "./consumer-options.ts";
import { concerns, type Decided, decide, type Progress } from "./decide.ts";
import { type Item, readItem } from "./item.ts";
import { type Failure, openKey, writeLetter } from "./letters.ts";
import { mark, movePosition } from "./marks.ts";
import { retryPolicy } from "./retry-policy.ts";

/** A handler failed: which item, as far as that is known, and why. */
interface Failed {
  readonly item?: number;
  /** Several messages in one transaction met another transaction's locks; by itself each of them may not. */
  readonly collided?: true;
  readonly error: unknown;
}

/**
 * Handles a batch in one transaction. When a handler fails, those before it are handled together again, it alone and
 * with retries, and then those after it together. While it is retried its partition waits; when it is given up only its
 * key does. The offset is committed after the database.
 *
 * A batch that ends in a deadlock is no handler's failure: it holds the locks of many messages at once, in the order
 * in which these came. Its messages are then handled one by one, each with its own locks alone.
 */
export function batchHandler(options: ConsumerOptions): (batch: Batch) => Promise<void> {
  const { name, database, handlers, observer } = options;
  const policy = retryPolicy(options.retry);

  return async (batch) => {
    const items = batch.records.map(readItem).filter((item) => concerns(item, handlers));
    for (let next = 0; next < items.length; ) {
      batch.signal.throwIfAborted();
      const rest = items.slice(next);
      const failed = await together(rest);
      if (failed === undefined) break;
      if (failed.collided) {
        await oneByOne(rest, batch);
        break;
      }
      const { item: at = rest.length - 1 } = failed;
      const before = rest.slice(0, at);
      // They can fail without it: one that swallows a failed statement makes those that follow it, or the commit, fail.
      const settled = failed.item !== undefined && (at === 0 || (await together(before)) === undefined);
      for (const item of settled ? [rest[at]!] : rest.slice(0, at + 1)) {
        await alone(item, rest.length === 1 ? failed : undefined, batch);
      }
      next += at + 1;
    }
    await batch.commit(batch.records.at(-1)!.offset + 1n);
  };

  async function oneByOne(items: readonly Item[], batch: Batch): Promise<void> {
    for (const item of items) {
      batch.signal.throwIfAborted();
      const failed = await together([item]);
      if (failed !== undefined) await alone(item, failed, batch);
    }
  }

  async function together(items: readonly Item[]): Promise<Failed | undefined> {
    const progress: Progress = { at: "preparing" };
    const isBatch = items.length > 1;
    try {
      const decided = await database.transaction(
        (tx) => decide(tx, name, items, handlers, progress),
        isBatch ? { attempts: 1 } : {},
      );
      report(decided);
      return undefined;
    } catch (error) {
      if (isBatch && mayBeRetried(error)) return { collided: true, error };
      // No message is to blame for a database that is away, or for a row that another member holds.
      if (isUnavailable(error) || progress.at === "preparing") throw error;
      if (progress.at === "committing") return items.length === 1 ? { item: 0, error } : { error };
      const { item, since } = progress.at;
      const { message } = items[item]!;
      if (message !== undefined) observer?.failed?.(message, error, (performance.now() - since) / 1000);
      return { item, error };
    }
  }

  /** `failed`: it was alone already when it failed first. */
  async function alone(item: Item, failed: Failed | undefined, batch: Batch): Promise<void> {
    // All before it is done: a member that takes the partition over meanwhile begins here.
    await batch.commit(item.record.offset);
    const firstFailedAt = new Date();
    let attempts = failed === undefined ? 0 : 1;
    let last = failed;
    for (;;) {
      if (last !== undefined) {
        if (attempts >= policy.attempts) return bury(item, { error: last.error, attempts, firstFailedAt });
        await policy.pause(attempts, batch.signal);
      }
      last = await together([item]);
      if (last === undefined) return;
      attempts++;
    }
  }

  async function bury(item: Item, failure: Failure): Promise<void> {
    const buried = await database.transaction(async (tx) => {
      await movePosition(tx, name, [item]);
      // Another member may have handled it meanwhile: then there is nothing to bury.
      if (item.message !== undefined && (await mark(tx, name, [item.message.id])).size === 0) return false;
      const first = await openKey(tx, name, item.record.topic, item.key);
      await writeLetter(tx, name, item, first ? "failed" : "waiting", failure);
      return true;
    });
    if (buried) observer?.deadLettered?.({ ...lettered(item), error: failure.error });
  }

  function report(decided: Decided): void {
    if (decided.handled.length > 0) options.onCommit?.();
    if (observer === undefined) return;
    for (const { message, seconds } of decided.handled) observer.handled?.(message, seconds);
    for (const message of decided.duplicates) observer.duplicate?.(message);
    for (const message of decided.forgotten) observer.forgotten?.(message);
    for (const item of decided.parked) observer.parked?.(lettered(item));
    for (const item of decided.deadLettered) observer.deadLettered?.({ ...lettered(item), error: malformedOf(item) });
  }
}

function lettered({ record, message, key }: Item): LetteredMessage {
  const type = message?.type ?? record.headers.type;
  return {
    topic: record.topic,
    key,
    ...(message === undefined ? {} : { id: message.id }),
    ...(type === undefined ? {} : { type }),
  };
}

function malformedOf(item: Item): unknown {
  return item.message === undefined ? item.malformed : undefined;
}
