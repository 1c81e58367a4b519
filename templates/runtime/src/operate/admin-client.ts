import {
  type Affected,
  adminRoutes,
  type BulkRequest,
  type DeadLetterDetail,
  type DeadLetterFilter,
  type DeadLetterPage,
  type OutboxStatus,
  type ProblemDetails,
  type Reason,
} from "../service/admin-api.ts";
import { type HandledPage, journalPaths, type ServiceJournal } from "../service/admin-journal-api.ts";
import {
  type SagaBulkAnswer,
  type SagaBulkRequest,
  type SagaChangeRequest,
  type SagaDetail,
  type SagaFilter,
  type SagaPage,
  type SagaSummary,
  type SagaVerb,
  sagaPaths,
} from "../service/admin-saga-api.ts";
import { Refused } from "./errors.ts";
import type { AdminTarget } from "./services.ts";

const paths = { ...adminRoutes, ...sagaPaths, ...journalPaths };
type Route = (typeof paths)[keyof typeof paths];

/** A service's admin endpoint as functions. Each rejects with `Refused` when the service does not do it. */
export interface AdminClient {
  readonly service: string;
  listDeadLetters(filter: DeadLetterFilter, page: { limit?: string; after?: string }): Promise<DeadLetterPage>;
  showDeadLetter(id: string): Promise<DeadLetterDetail>;
  replayDeadLetter(id: string): Promise<Affected>;
  discardDeadLetter(id: string, reason: Reason): Promise<Affected>;
  replayDeadLetters(request: BulkRequest): Promise<Affected>;
  discardDeadLetters(request: BulkRequest & Reason): Promise<Affected>;
  showOutbox(): Promise<OutboxStatus>;
  unparkAggregate(aggregateType: string, aggregateId: string): Promise<Affected>;
  listSagas(filter: SagaFilter, page: { limit?: string; after?: string }): Promise<SagaPage>;
  showSaga(id: string): Promise<SagaDetail>;
  changeSaga(id: string, verb: SagaVerb, request: SagaChangeRequest): Promise<SagaSummary>;
  changeSagas(verb: SagaVerb, request: SagaBulkRequest): Promise<SagaBulkAnswer>;
  showJournal(id: string): Promise<ServiceJournal>;
  showHandled(ids: readonly string[]): Promise<HandledPage>;
}

/** How long a service may take to answer, in milliseconds. */
export interface Patience {
  /** For what every service is asked: a paused one must not keep an operator from what the others know. */
  readonly look: number;
  /** For the rest: longer than a service's own limit for a request, so that its answer says what is wrong. */
  readonly act: number;
}

export const patient: Patience = { look: 10_000, act: 60_000 };

export function adminClient(target: AdminTarget, { look, act }: Patience = patient): AdminClient {
  const routes = adminRoutes;
  return {
    service: target.service,
    listDeadLetters: (filter, page) => call(routes.listDeadLetters, { query: { ...filter, ...page } }),
    showDeadLetter: (id) => call(routes.showDeadLetter, { params: { id } }),
    replayDeadLetter: (id) => call(routes.replayDeadLetter, { params: { id } }),
    discardDeadLetter: (id, reason) => call(routes.discardDeadLetter, { params: { id }, body: reason }),
    replayDeadLetters: (body) => call(routes.replayDeadLetters, { body }),
    discardDeadLetters: (body) => call(routes.discardDeadLetters, { body }),
    showOutbox: () => call(routes.showOutbox, {}),
    unparkAggregate: (aggregateType, aggregateId) =>
      call(routes.unparkAggregate, { params: { aggregateType, aggregateId } }),
    listSagas: ({ stuck, ...filter }, page) =>
      call(sagaPaths.listSagas, { query: { ...filter, ...(stuck === true ? { stuck: "true" } : {}), ...page } }, look),
    showSaga: (id) => call(sagaPaths.showSaga, { params: { id } }),
    changeSaga: (id, verb, body) => call(sagaPaths.changeSaga, { params: { id, verb }, body }),
    changeSagas: (verb, body) => call(sagaPaths.changeSagas, { params: { verb }, body }),
    showJournal: (id) => call(journalPaths.showJournal, { params: { id } }, look),
    showHandled: (ids) => call(journalPaths.showHandled, { body: { ids } }, look),
  };

  async function call<Answer>(
    { method, path }: Route,
    request: { params?: Record<string, string>; query?: Record<string, string>; body?: object },
    answerMs = act,
  ): Promise<Answer> {
    const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(request.params?.[name] ?? ""));
    const url = new URL(target.url.replace(/\/*$/, "") + filled);
    url.search = new URLSearchParams(request.query).toString();
    const answer = await fetch(url, {
      method,
      redirect: "error",
      headers: {
        authorization: `Bearer ${target.token}`,
        ...(request.body && { "content-type": "application/json" }),
      },
      ...(request.body && { body: JSON.stringify(request.body) }),
      signal: AbortSignal.timeout(answerMs),
    }).catch((error: Error) => {
      throw new Refused(`${target.service} does not answer at ${url.origin}: ${reasonOf(error, answerMs)}`);
    });
    const said: unknown = await answer.json().catch(() => undefined);
    if (answer.ok && said !== undefined) return said as Answer;
    const problem = said as Partial<ProblemDetails> | undefined;
    const why = problem?.detail ?? problem?.title ?? `it answers ${answer.status} and no reason`;
    throw new Refused(`${target.service}: ${why}`);
  }
}

function reasonOf(error: Error, answerMs: number): string {
  if (error.name === "TimeoutError") return `it took more than ${answerMs / 1_000} s`;
  const cause = error.cause as { code?: string; message?: string } | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}
