import type { ConsumerObserver } from "../../inbox/consumer-options.ts";
import type { HearNews, SagaNews } from "./news.ts";

/**
 * Holds back what a message has led to until its transaction has committed: what was rolled back has not happened.
 */
export interface Telling {
  keep(messageId: string, news: readonly SagaNews[]): void;
  readonly observer: Required<Pick<ConsumerObserver, "handled" | "deadLettered" | "failed">>;
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
    observer: {
      handled: ({ id }) => tell(id),
      deadLettered: ({ id }) => tell(id),
      failed: ({ id }) => void kept.delete(id),
    },
  };
}
