import type { Database } from "../../database/database.ts";
import { nameOf } from "../course.ts";
import type { JsonObject, SagaDefinition } from "../definition.ts";
import { VerbRefusedError } from "../errors.ts";
import type { HearNews, SagaNews } from "../orchestrator/news.ts";
import type { Orchestrator } from "../orchestrator.ts";
import type { SagaInput, Stage } from "../transition.ts";
import { faultOfCompletion, type JudgeEvent } from "./completion.ts";
import { findSaga, type SagaFilter, type SagaRow, stuckSagas } from "./list.ts";

/** The sagas that operators change. */
export interface OperatedSagas {
  readonly database: Database;
  readonly orchestrator: Orchestrator;
  /** Hears what has happened to them, once it is committed. */
  readonly hear: HearNews;
  /** By the contracts of the events that stages end with. */
  readonly judge?: JudgeEvent;
}

/** What an operator wants, as typed. `data` is of `complete` alone. */
export interface OperatorChange extends Stage {
  readonly verb: "retry" | "skip" | "complete" | "fail";
  readonly reason: string;
  readonly data?: JsonObject;
}

export type Changed =
  | { readonly outcome: "changed"; readonly saga: SagaRow }
  | { readonly outcome: "unknown-saga" }
  | { readonly outcome: "moved-on"; readonly revision: bigint }
  /** The verb has no place where the saga stands; `why` is a sentence. */
  | { readonly outcome: "refused"; readonly why: string };

/** One saga, if it is still as the operator has seen it: the machine decides, and its log keeps the reason. */
export async function changeSaga(
  { database, orchestrator, hear, judge = () => undefined }: OperatedSagas,
  id: string,
  revision: bigint,
  change: OperatorChange,
): Promise<Changed> {
  let heard: readonly SagaNews[] = [];
  const changed = await database
    .transaction(async (tx): Promise<Changed> => {
      heard = [];
      const { rows } = await tx.query<{ definition: SagaDefinition }>(DEFINITION, [id]);
      if (rows[0] === undefined) return { outcome: "unknown-saga" };
      const why =
        change.verb === "complete" ? faultOfCompletion(rows[0].definition, change, change.data, judge) : undefined;
      if (why !== undefined) return { outcome: "refused", why };
      const { reason } = change;
      const { applied, news } = await orchestrator.apply(tx, { id, revision, reason, input: inputOf(change) });
      heard = news;
      switch (applied.outcome) {
        case "applied": {
          const saga = await findSaga(tx, id);
          return saga === undefined ? { outcome: "unknown-saga" } : { outcome: "changed", saga };
        }
        case "ignored":
          return { outcome: "refused", why: `${change.verb} changes nothing at ${nameOf(change)} now` };
        case "moved-on":
        case "unknown-saga":
          return applied;
      }
    })
    .catch((error: unknown): Changed => {
      if (!(error instanceof VerbRefusedError)) throw error;
      heard = [];
      return { outcome: "refused", why: error.message };
    });
  hear(heard);
  return changed;
}

export interface BulkChange {
  /** How many match. Nothing was done when they are not as many as expected. */
  readonly matching: number;
  readonly done: number;
  readonly refused: readonly { readonly id: string; readonly why: string }[];
  /** How many were not come to. */
  readonly left: number;
}

/**
 * All that are stuck in that stage, if they are as many as the operator has seen. Each in a transaction of its own and
 * with the revision that it was counted with: one that has moved on, or refuses, holds up no other.
 *
 * @param inTime asked before each; once it is not, the others are left
 */
export async function changeSagas(
  operated: OperatedSagas,
  filter: Pick<SagaFilter, "saga" | "since">,
  expected: number,
  change: OperatorChange,
  inTime: () => boolean,
): Promise<BulkChange> {
  const { step, direction } = change;
  const sagas = await stuckSagas(operated.database, { ...filter, step, direction });
  const matching = sagas.length;
  if (matching !== expected) return { matching, done: 0, refused: [], left: matching };
  let done = 0;
  const refused: { id: string; why: string }[] = [];
  for (const { id, revision } of sagas) {
    if (!inTime()) break;
    const changed = await changeSaga(operated, id, revision, change);
    if (changed.outcome === "changed") done++;
    else refused.push({ id, why: whyNot(changed) });
  }
  return { matching, done, refused, left: matching - done - refused.length };
}

function whyNot(changed: Exclude<Changed, { outcome: "changed" }>): string {
  switch (changed.outcome) {
    case "unknown-saga":
      return "it is not there";
    case "moved-on":
      return `it has moved on since, and is at revision ${changed.revision} now: look again`;
    case "refused":
      return changed.why;
  }
}

const DEFINITION = `SELECT d.definition
  FROM public.saga AS s JOIN public.saga_definition AS d ON d.saga = s.saga AND d.hash = s.definition_hash
  WHERE s.id = $1`;

function inputOf({ verb, step, direction, data }: OperatorChange): SagaInput {
  return verb === "complete"
    ? { type: "operator", verb, step, direction, data: data ?? {} }
    : { type: "operator", verb, step, direction };
}
