import type { ConsumerObserver } from "../../inbox/consumer-options.ts";
import type { HearNews, SagaNews } from "./news.ts";

/** Holds back what a message has led to until its transaction has committed: what was rolled back has not happened. */
export interface Telling {
  keep(messageId: string, news: readonly SagaNews[]): void;
  /** An observer that also tells what was kept. */
  observe(observer: ConsumerObserver): ConsumerObserver;
}

export function createTelling(hear: HearNews): Telling {
  const kept = new Map<string, readonly SagaNews[]>();
  const tell = (messageId: string | undefined) => {
    if (messageId === undefined) return;
    const news = kept.get(messageId);
    kept.delete(messageId);
    if (news !== undefined && news.length > 0) hear(news);
  };
  return {
    keep: (messageId, news) => void kept.set(messageId, news),
    observe: (observer) => ({
      ...observer,
      handled(message, seconds) {
        observer.handled?.(message, seconds);
        tell(message.id);
      },
      failed(message, error, seconds) {
        kept.delete(message.id);
        observer.failed?.(message, error, seconds);
      },
      // Somebody else has done it since it was rolled back here.
      duplicate(message) {
        kept.delete(message.id);
        observer.duplicate?.(message);
      },
      forgotten(message) {
        kept.delete(message.id);
        observer.forgotten?.(message);
      },
      deadLettered(letter) {
        observer.deadLettered?.(letter);
        tell(letter.id);
      },
    }),
  };
}
