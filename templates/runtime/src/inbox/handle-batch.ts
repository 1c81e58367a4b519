import type { Batch } from "../broker/broker.ts";
import { attempter, type Failed } from "./attempt.ts";
import { type ConsumerOptions, NotYetError } from "./consumer-options.ts";
import { externalAttempter } from "./external.ts";
import { tryerInPlace } from "./in-place.ts";
import { type Item, readItem } from "./item.ts";
import { createLanes, createSlots, type Lanes, type Waiting } from "./lanes.ts";
import { movePositions } from "./marks.ts";
import { togetherWithOthers } from "./together.ts";
import { workOf } from "./work.ts";

const EXTERNAL_AT_ONCE = 16;

/**
 * Handles a batch in one transaction, with those of other partitions where it can (see together.ts). When a handler
 * fails, those before it are handled together again, it alone and with retries, and then those after it together.
 * While it is retried its partition waits; when it is given up only its key does. The offset is committed after the
 * database.
 *
 * A batch that fails without saying at which message, or that ends in a deadlock, is handled one by one.
 *
 * External messages, those that follow with the same key, and what its handler or the consumer's options let the
 * others not wait for (`NotYetError`, `keepsOrder: false`) come after the rest of the batch, the keys side by side.
 */
export function batchHandler(options: ConsumerOptions): (batch: Batch) => Promise<void> {
  const { name, database, admit, keepsOrder = true } = options;
  const work = workOf(options);
  const attempt = attempter(options, work);
  const firstAttempt = togetherWithOthers(options, work, attempt);
  const attemptExternal = externalAttempter(options);
  const inPlace = tryerInPlace(options);
  const slots = createSlots(options.externalAtOnce ?? EXTERNAL_AT_ONCE);

  return async (batch) => {
    const items = batch.records.map(readItem).filter((item) => work.concerns(item));
    for (let next = 0; next < items.length; ) {
      batch.signal.throwIfAborted();
      const wanted = items.length - next;
      const admitted = admit === undefined ? wanted : await admit(wanted, batch.signal);
      const part = items.slice(next, next + Math.max(1, admitted));
      await handlePart(part, batch);
      next += part.length;
      if (next < items.length) await batch.commit(items[next]!.record.offset);
    }
    await batch.commit(batch.records.at(-1)!.offset + 1n);
  };

  async function handlePart(part: readonly Item[], batch: Batch): Promise<void> {
    const lanes = createLanes();
    const plain: Item[] = [];
    for (const item of part) {
      const isExternal = item.message !== undefined && work.external(item.message) !== undefined;
      if (isExternal || lanes.has(item.key)) lanes.add(item);
      else plain.push(item);
    }
    await settle(plain, lanes, batch);
    if (lanes.floor === undefined) return;
    // All before it is done, and the partition still this member's.
    await batch.commit(lanes.floor);
    await lanes.run((waiting, stop) => runInLane(waiting, lanes, batch, stop));
    await database.transaction((tx) => movePositions(tx, name, [{ items: part }]));
  }

  async function settle(items: readonly Item[], lanes: Lanes, batch: Batch): Promise<void> {
    for (let rest = items; rest.length > 0; ) {
      batch.signal.throwIfAborted();
      const failed = await (rest === items ? firstAttempt : attempt)(rest, lanes.floor);
      if (failed === undefined) return;
      const { item: at } = failed;
      if (at === undefined) return oneByOne(rest, lanes, batch);
      const before = rest.slice(0, at);
      // They can fail without it: one that swallows a failed statement makes those that follow it, or the commit, fail.
      const settled = at === 0 || (await attempt(before, lanes.floor)) === undefined;
      if (settled) await alone(rest[at]!, rest.length === 1 ? failed : undefined, failed.error, lanes, batch);
      else await oneByOne(rest.slice(0, at + 1), lanes, batch);
      rest = rest.slice(at + 1).filter((item) => !joins(item, lanes));
    }
  }

  async function oneByOne(items: readonly Item[], lanes: Lanes, batch: Batch): Promise<void> {
    for (const item of items) {
      batch.signal.throwIfAborted();
      if (joins(item, lanes)) continue;
      const failed = await attempt([item], lanes.floor);
      if (failed !== undefined) await alone(item, failed, failed.error, lanes, batch);
    }
  }

  function joins(item: Item, lanes: Lanes): boolean {
    if (!lanes.has(item.key)) return false;
    lanes.add(item);
    return true;
  }

  /** `failed`: it was alone already when it failed first. */
  async function alone(item: Item, failed: Failed | undefined, error: unknown, lanes: Lanes, batch: Batch) {
    if (!keepsOrder || error instanceof NotYetError) {
      lanes.add(item, failed);
      return;
    }
    const { floor } = lanes;
    const { offset } = item.record;
    // All before it is done: a member that takes the partition over meanwhile begins here.
    await batch.commit(floor !== undefined && floor < offset ? floor : offset);
    await inPlace(item, () => attempt([item], floor), { floor, signal: batch.signal }, failed);
  }

  async function runInLane(
    { item, failed }: Waiting,
    { floor }: Lanes,
    batch: Batch,
    stop: AbortSignal,
  ): Promise<void> {
    const place = { floor, signal: AbortSignal.any([batch.signal, stop]) };
    const { message } = item;
    const external = message === undefined ? undefined : work.external(message);
    const once =
      message === undefined || external === undefined
        ? () => attempt([item], floor)
        : () => attemptExternal({ ...item, message }, external, batch.signal);
    await inPlace(item, () => slots(once), place, failed);
  }
}
