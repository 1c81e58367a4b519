import type { ConsumerObserver, ConsumerOptions } from "../../inbox/consumer-options.ts";

/** What a consumer of sagas reads and does; how the process runs it is the same for all its consumers. */
export interface SagaConsumer
  extends Pick<
    ConsumerOptions,
    "name" | "topics" | "from" | "handlers" | "handleAll" | "keepsOrder" | "admit" | "onGivenUp"
  > {
  /** An observer that tells the sagas' news too, once they are committed. */
  readonly observe: (observer: ConsumerObserver) => ConsumerObserver;
}
