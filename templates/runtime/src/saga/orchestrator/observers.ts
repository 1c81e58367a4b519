import type { ConsumerObserver } from "../../inbox/consumer-options.ts";
import type { Telling } from "./telling.ts";

/** What a consumer's own observer hears, and what the saga's news are told by. */
export function both(observer: ConsumerObserver | undefined, telling: Telling["observer"]): ConsumerObserver {
  return {
    ...observer,
    handled(message, seconds) {
      observer?.handled?.(message, seconds);
      telling.handled(message, seconds);
    },
    failed(message, error, seconds) {
      telling.failed(message, error, seconds);
      observer?.failed?.(message, error, seconds);
    },
    deadLettered(letter) {
      observer?.deadLettered?.(letter);
      telling.deadLettered(letter);
    },
  };
}
