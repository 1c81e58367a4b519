import type { SagaStatus, SagaTimer, Stage, StuckReason } from "../transition.ts";

/** What has happened to sagas, for metrics and logs: to be told once it is committed. */
export type SagaNews = { readonly saga: string; readonly id: string } & (
  | { readonly type: "started" }
  | { readonly type: "moved" }
  | { readonly type: "ended"; readonly status: SagaStatus }
  | ({ readonly type: "stuck"; readonly reason: StuckReason } & Stage)
  | { readonly type: "reply-ignored" }
  | { readonly type: "timer-fired"; readonly kind: SagaTimer["kind"] }
  /** The same id with another payload (R1). */
  | { readonly type: "another-payload"; readonly trigger: string }
);

/** Hears what has happened. Must not throw. */
export type HearNews = (news: readonly SagaNews[]) => void;
