import { compileEvents } from "../aggregate/contracts.ts";
import { changeSaga, changeSagas, type OperatedSagas, type OperatorChange } from "../saga/operator/change.ts";
import type { JudgeEvent } from "../saga/operator/completion.ts";
import * as sagas from "../saga/operator/list.ts";
import { type LogRow, showSaga, type TimerRow } from "../saga/operator/show.ts";
import { viewOf } from "../saga/view.ts";
import {
  countedAtMost,
  type OpenTimer,
  type SagaChangeRequest,
  type SagaFilter,
  type SagaLogLine,
  type SagaSummary,
  type SagaVerb,
} from "./admin-saga-api.ts";
import type { SagaVerbs } from "./admin-sagas.ts";
import type { ServiceDefinition } from "./definition.ts";
import { Problem } from "./problem.ts";

const LOG_ENTRIES = 500;
/** What a request for many may take: half of what any request may. */
const BULK_MS = 15_000;

/**
 * What operators ask of the sagas of this service, answered from its own database.
 *
 * @param committed wakes the relay: a verb may have filled the outbox
 */
export function sagaVerbs(definition: ServiceDefinition, operated: OperatedSagas, committed: () => void): SagaVerbs {
  const { database } = operated;
  const schemas = Object.assign({}, ...(definition.sagas ?? []).map(({ outcomes }) => outcomes)) as Record<
    string,
    object
  >;
  let compiled: JudgeEvent | undefined;
  // Most processes are never asked to complete anything.
  const judge: JudgeEvent = (event, data) => {
    compiled ??= compileEvents(schemas);
    return compiled(event, data);
  };
  const hosts = (definition.sagas ?? []).map((hosted) => hosted.definition.saga);
  return {
    async list(asked, page) {
      const filter = filterOf(asked);
      if (page.after !== undefined && (await sagas.findSaga(database, page.after)) === undefined) return undefined;
      // The count first: one that begins in between is on the page and not yet in the total, never the reverse.
      const total = await sagas.countSagas(database, filter, countedAtMost);
      const items = await sagas.listSagas(database, filter, page);
      return { items: items.map(summary), total, hosts };
    },
    async show(id) {
      const found = await showSaga(database, id, LOG_ENTRIES);
      if (found === undefined) return undefined;
      const { saga, log, timers } = found;
      const { failure, trigger } = saga.state;
      return {
        ...summary(saga),
        style: saga.definition.style,
        hash: saga.hash,
        view: viewOf(saga.definition, saga.state),
        trigger,
        ...(failure === undefined ? {} : { failure }),
        log: log.map(logLine),
        earlierEntries: Number(saga.logLength) - log.length,
        timers: timers.map(openTimer),
      };
    },
    async change(id, verb, { revision, ...request }) {
      const changed = await changeSaga({ ...operated, judge }, id, BigInt(revision), asChange(verb, request));
      switch (changed.outcome) {
        case "unknown-saga":
          return undefined;
        case "moved-on":
          return { actualRevision: String(changed.revision) };
        case "refused":
          throw new Problem(409, `${id}: ${changed.why}`);
        case "changed":
          committed();
          return summary(changed.saga);
      }
    },
    async changeAll(verb, { filter, expectedCount, ...request }) {
      const until = performance.now() + BULK_MS;
      const inTime = () => performance.now() < until;
      const change = asChange(verb, request);
      const all = await changeSagas({ ...operated, judge }, filterOf(filter), expectedCount, change, inTime);
      if (all.matching !== expectedCount) return { actualCount: all.matching };
      committed();
      const refused = all.refused.map(({ id, why }) => ({ id, detail: why }));
      return { count: all.done, refused, left: all.left };
    },
  };
}

/** Of a service that hosts none, and has no tables of them to ask. */
export const noSagas: SagaVerbs = {
  list: async () => ({ items: [], total: 0, hosts: [] }),
  show: async () => undefined,
  change: async () => undefined,
  changeAll: async (_verb, { expectedCount }) =>
    expectedCount === 0 ? { count: 0, refused: [], left: 0 } : { actualCount: 0 },
};

function filterOf({ since, ...filter }: SagaFilter): sagas.SagaFilter {
  if (since === undefined) return filter;
  const moment = new Date(since);
  if (Number.isNaN(moment.getTime())) throw new Problem(400, `since is ${since}, and there is no such moment`);
  return { ...filter, since: moment };
}

function asChange(
  verb: SagaVerb,
  { step, direction, reason, data }: Omit<SagaChangeRequest, "revision">,
): OperatorChange {
  return { verb, step, direction, reason, ...(data === undefined ? {} : { data }) };
}

function summary(row: sagas.SagaRow): SagaSummary {
  const { id, saga, version, status, stuck, at, revision, correlationId, startedAt, updatedAt, endedAt } = row;
  return {
    id,
    saga,
    version,
    status,
    stuck,
    at,
    revision: String(revision),
    correlationId,
    startedAt: startedAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
  };
}

function logLine({ seq, at, what, ...row }: LogRow): SagaLogLine {
  const told = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  return { seq: String(seq), at: at.toISOString(), what, ...told };
}

function openTimer({ kind, step, direction, round, attempt, delayMs, dueAt }: TimerRow): OpenTimer {
  const due = dueAt === null ? {} : { dueAt: dueAt.toISOString() };
  return { kind, step, direction, round, attempt, delayMs: Number(delayMs), ...due };
}
