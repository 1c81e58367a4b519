import type { Transaction } from "../database/database.ts";
import type { SagaNews } from "./orchestrator/news.ts";
import type { SagaInput } from "./transition.ts";

/** Moves sagas of this service's own database: the one way to change a saga, also for operators. */
export interface Orchestrator {
  /**
   * Loads a saga, decides, stores with compare-and-set, and carries out the effects, in the caller's transaction (R2).
   * Waking the relay and telling the news, after the commit, is the caller's part.
   */
  apply(tx: Transaction, change: SagaChange): Promise<Moved>;
}

export interface Moved {
  readonly applied: Applied;
  /** To be told once the transaction has committed: what is rolled back has not happened. */
  readonly news: readonly SagaNews[];
}

export interface SagaChange {
  readonly id: string;
  readonly input: SagaInput;
  /** The revision that the caller has seen; another one is refused. Absent: whatever it is now. */
  readonly revision?: bigint;
  /** Id of the message that led to it. */
  readonly causedBy?: string;
  /** Trace of that message; the commands that follow carry it on. Absent: the trigger's. */
  readonly traceparent?: string;
  /** For the log: an operator's reason. */
  readonly reason?: string;
}

/** `ignored`: the input meant nothing where the saga stands. `moved-on`: its revision is another. */
export type Applied =
  | { readonly outcome: "applied" | "ignored"; readonly revision: bigint }
  | { readonly outcome: "unknown-saga" }
  | { readonly outcome: "moved-on"; readonly revision: bigint };
