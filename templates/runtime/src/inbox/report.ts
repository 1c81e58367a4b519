import type { ConsumerOptions, LetteredMessage } from "./consumer-options.ts";
import type { Decided } from "./decide.ts";
import type { Item } from "./item.ts";

/** Tells the observer what a transaction that has committed had decided. */
export function report({ observer, onCommit }: ConsumerOptions, decided: Decided): void {
  if (decided.handled.length > 0) onCommit?.();
  if (observer === undefined) return;
  for (const { message, seconds } of decided.handled) observer.handled?.(message, seconds);
  for (const message of decided.duplicates) observer.duplicate?.(message);
  for (const message of decided.forgotten) observer.forgotten?.(message);
  for (const item of decided.parked) observer.parked?.(lettered(item));
  for (const item of decided.deadLettered) observer.deadLettered?.({ ...lettered(item), error: malformedOf(item) });
}

export function lettered({ record, message, key }: Item): LetteredMessage {
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
