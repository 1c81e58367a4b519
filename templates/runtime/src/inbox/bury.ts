import { isUnavailable } from "../database/errors.ts";
import type { ConsumerOptions } from "./consumer-options.ts";
import type { Item } from "./item.ts";
import { type Failure, openKey, tell, writeLetter } from "./letters.ts";
import { mark, movePositions } from "./marks.ts";
import { lettered } from "./report.ts";

/** Moves an item to the dead letters, with its mark, so that it is decided like one that was handled. */
export async function bury(
  options: ConsumerOptions,
  item: Item,
  failure: Failure,
  floor: bigint | undefined,
): Promise<void> {
  const { database, observer, onGivenUp } = options;
  let told = failure;
  let buried: boolean;
  try {
    buried = await database.transaction((tx) => inTransaction(options, tx, item, failure, floor, onGivenUp));
  } catch (error) {
    if (onGivenUp === undefined || isUnavailable(error)) throw error;
    // Its own giving up cannot be done: that must not hold up the messages behind it.
    const also = `${tell(failure.error).error}; and giving it up failed: ${tell(error).error}`;
    told = { ...failure, error: new Error(also, { cause: failure.error }) };
    buried = await database.transaction((tx) => inTransaction(options, tx, item, told, floor, undefined));
  }
  if (!buried) return;
  if (onGivenUp !== undefined) options.onCommit?.();
  observer?.deadLettered?.({ ...lettered(item), error: told.error });
}

async function inTransaction(
  { name, keepsOrder = true }: ConsumerOptions,
  tx: Parameters<NonNullable<ConsumerOptions["onGivenUp"]>>[2],
  item: Item,
  failure: Failure,
  floor: bigint | undefined,
  onGivenUp: ConsumerOptions["onGivenUp"],
): Promise<boolean> {
  await movePositions(tx, name, [{ items: [item], floor }]);
  // Another member may have handled it meanwhile: then there is nothing to bury.
  if (item.message !== undefined && (await mark(tx, name, [item.message.id])).size === 0) return false;
  const first = !keepsOrder || (await openKey(tx, name, item.record.topic, item.key));
  await writeLetter(tx, name, item, first ? "failed" : "waiting", failure);
  if (item.message !== undefined) await onGivenUp?.(item.message, failure.error, tx);
  return true;
}
