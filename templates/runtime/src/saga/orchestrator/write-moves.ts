import type { Transaction } from "../../database/database.ts";
import type { InsertMessages } from "../../outbox/outbox.ts";
import { unparkIn } from "../../outbox/unpark.ts";
import { type Moves, matches } from "./moves.ts";
import { sagaQueries, sagaQuery } from "./queries.ts";
import { withSince } from "./since.ts";
import { StaleSagaError } from "./stale-saga-error.ts";
import { type Subject, standing } from "./subject.ts";

const STORE = sagaQuery("store");
const BEGIN = sagaQuery("begin");
const LOG = sagaQuery("log");
const CANCEL_TIMERS = sagaQuery("cancel-timers");
const SET_TIMERS = sagaQuery("set-timers");
const LOG_AND_TIMERS = sagaQueries(
  { name: "log", values: 9 },
  { name: "cancel-timers", values: 6 },
  { name: "set-timers", values: 8 },
);

/**
 * Writes all moves in the caller's transaction (R2): states, log, timers, outgoing commands; one statement each, however
 * many sagas have moved.
 * @throws StaleSagaError when a saga has moved on since it was loaded: the transaction must be rolled back
 */
export async function writeMoves(tx: Transaction, moves: Moves, insertMessages: InsertMessages): Promise<void> {
  const subjects = [...moves.subjects].sort((a, b) => (a.id < b.id ? -1 : 1));
  const entries = Map.groupBy(moves.log, ({ sagaId }) => sagaId);
  const lengthOf = ({ id }: Subject) => entries.get(id)?.length ?? 0;
  // The states first: their locks order everything else that sagas write.
  const lengths = new Map([
    ...(await store(
      tx,
      subjects.filter(({ begun }) => begun === undefined),
      lengthOf,
    )),
    ...(await begin(
      tx,
      subjects.filter(({ begun }) => begun !== undefined),
      lengthOf,
    )),
  ]);
  const stale = subjects.filter(({ id }) => !lengths.has(id));
  if (stale.length > 0) throw new StaleSagaError(stale.map(({ id }) => id));
  await writeLogAndTimers(tx, moves, lengths);
  await insertMessages(tx, await withSince(tx, subjects, moves.messages));
  for (const { topic, key } of moves.unparked) await unparkIn(tx, { topic, aggregateId: key });
}

/** By saga: how long its log is now. */
type Lengths = readonly (readonly [string, bigint])[];
type Stored = { readonly id: string; readonly logLength: bigint };

async function store(tx: Transaction, subjects: readonly Subject[], lengthOf: LengthOf): Promise<Lengths> {
  if (subjects.length === 0) return [];
  const { rows } = await tx.query<Stored>(STORE, [
    subjects.map(({ id }) => id),
    subjects.map(({ seen }) => seen),
    ...columns(subjects, lengthOf),
  ]);
  return rows.map((row) => [row.id, row.logLength]);
}

async function begin(tx: Transaction, subjects: readonly Subject[], lengthOf: LengthOf): Promise<Lengths> {
  if (subjects.length === 0) return [];
  const { rows } = await tx.query<Stored>(BEGIN, [
    subjects.map(({ id }) => id),
    subjects.map(({ definition }) => definition.saga),
    subjects.map(({ begun }) => begun?.key),
    subjects.map(({ hash }) => hash),
    ...columns(subjects, lengthOf),
    subjects.map(({ fingerprint }) => fingerprint),
    subjects.map(({ begun }) => begun?.triggerId),
    subjects.map(({ correlationid }) => correlationid),
    subjects.map(({ traceparent }) => traceparent ?? null),
  ]);
  return rows.map((row) => [row.id, row.logLength]);
}

type LengthOf = (subject: Subject) => number;

function columns(subjects: readonly Subject[], lengthOf: LengthOf): readonly unknown[][] {
  const states = subjects.map(({ state }) => state!);
  const standings = states.map(standing);
  return [
    subjects.map(({ revision }) => revision),
    states.map(({ status }) => status),
    standings.map(({ stuck }) => stuck),
    standings.map(({ parked }) => parked),
    standings.map(({ over }) => over),
    states.map((state) => JSON.stringify(state)),
    subjects.map(lengthOf),
  ];
}

/** One statement where it can be: the timers that are cancelled are others than those that are set. */
async function writeLogAndTimers(tx: Transaction, moves: Moves, lengths: ReadonlyMap<string, bigint>): Promise<void> {
  const { log, doomedTimers, newTimers } = moves;
  const entries = logValues(moves, lengths);
  const doomed = doomedValues(moves);
  const timers = newValues(moves);
  const doomedOf = Map.groupBy(doomedTimers, ({ sagaId }) => sagaId);
  const again = newTimers.some(({ sagaId, timer }) => doomedOf.get(sagaId)?.some((one) => matches(timer, one)));
  if (!again && doomedTimers.length + newTimers.length > 0) {
    await tx.query(LOG_AND_TIMERS, [...entries, ...doomed, ...timers]);
    return;
  }
  if (log.length > 0) await tx.query(LOG, entries);
  // The old ones first: what was cancelled and set again by the same transaction is set.
  if (doomedTimers.length > 0) await tx.query(CANCEL_TIMERS, doomed);
  if (newTimers.length > 0) await tx.query(SET_TIMERS, timers);
}

/** Numbered by the rows' own count, so that no two have one number. */
function logValues({ log }: Moves, lengths: ReadonlyMap<string, bigint>): readonly unknown[][] {
  const numbers = new Map<string, bigint>();
  for (const [sagaId, rows] of Map.groupBy(log, (row) => row.sagaId)) {
    numbers.set(sagaId, (lengths.get(sagaId) ?? 0n) - BigInt(rows.length));
  }
  const next = (sagaId: string) => {
    const number = (numbers.get(sagaId) ?? 0n) + 1n;
    numbers.set(sagaId, number);
    return number;
  };
  return [
    log.map(({ sagaId }) => sagaId),
    log.map(({ sagaId }) => next(sagaId)),
    log.map(({ entry }) => entry.what),
    log.map(({ entry }) => entry.step ?? null),
    log.map(({ entry }) => entry.direction ?? null),
    log.map(({ entry }) => entry.round ?? null),
    log.map(({ entry }) => entry.attempt ?? null),
    log.map(({ causedBy }) => causedBy ?? null),
    log.map(({ entry }) => (entry.detail === undefined ? null : JSON.stringify(entry.detail))),
  ];
}

function doomedValues({ doomedTimers }: Moves): readonly unknown[][] {
  return [
    doomedTimers.map(({ sagaId }) => sagaId),
    doomedTimers.map(({ stage, timer }) => (timer ?? stage)?.step ?? null),
    doomedTimers.map(({ stage, timer }) => (timer ?? stage)?.direction ?? null),
    doomedTimers.map(({ timer }) => timer?.kind ?? null),
    doomedTimers.map(({ timer }) => timer?.round ?? null),
    doomedTimers.map(({ timer }) => timer?.attempt ?? null),
  ];
}

function newValues({ newTimers }: Moves): readonly unknown[][] {
  return [
    newTimers.map(({ sagaId }) => sagaId),
    newTimers.map(({ timer }) => timer.kind),
    newTimers.map(({ timer }) => timer.step),
    newTimers.map(({ timer }) => timer.direction),
    newTimers.map(({ timer }) => timer.round),
    newTimers.map(({ timer }) => timer.attempt),
    newTimers.map(({ delayMs }) => delayMs),
    newTimers.map(({ messageId }) => messageId ?? null),
  ];
}
