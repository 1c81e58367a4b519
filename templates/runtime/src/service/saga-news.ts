import type { Logger } from "pino";
import type { HearNews, SagaNews } from "../saga/orchestrator/news.ts";
import type { Metrics } from "./metrics.ts";

/** Counts what happens to sagas, and says aloud what a person must look at. `freed`: one less is in flight. */
export function sagaNews(
  log: Logger,
  { sagas: metrics }: Pick<Metrics, "sagas">,
  freed: (saga: string) => void,
): HearNews {
  return (news) => {
    for (const each of news) hear(each);
  };

  function hear(news: SagaNews): void {
    const { saga, id } = news;
    switch (news.type) {
      case "moved":
        metrics.transitions.inc({ saga });
        break;
      case "started":
        metrics.started.inc({ saga });
        break;
      case "ended":
        metrics.ended.inc({ saga, status: news.status });
        log.info({ saga: id, status: news.status }, "a saga has ended");
        freed(saga);
        break;
      case "stuck": {
        const { step, direction, reason } = news;
        // R6: never dropped, and nobody has to look for it.
        log.error({ saga: id, step, direction, reason }, "a saga is stuck");
        freed(saga);
        break;
      }
      case "reply-ignored":
        metrics.repliesIgnored.inc({ saga });
        break;
      case "timer-fired":
        metrics.timersFired.inc({ saga, kind: news.kind });
        break;
      case "another-payload":
        metrics.conflicts.inc({ saga });
        log.error({ saga: id, trigger: news.trigger }, "a trigger has another payload than its saga began with");
    }
  }
}
