import { createAlarm } from "../../alarm.ts";
import type { Database, Transaction } from "../../database/database.ts";
import { isUnavailable } from "../../database/errors.ts";
import type { Moved } from "../orchestrator.ts";
import type { SagaTimer } from "../transition.ts";
import type { SetOrchestrator } from "./create-orchestrator.ts";
import type { HearNews } from "./news.ts";
import { sagaQuery } from "./queries.ts";

const DUE = sagaQuery("due-timers");
const NEXT_DUE = sagaQuery("next-due");
const POSTPONE = sagaQuery("postpone-timer");

const FASTEST_MS = 10;
const POSTPONE_MS = 10_000;

export interface TimersOptions {
  readonly database: Database;
  readonly orchestrator: Pick<SetOrchestrator, "applyAll">;
  readonly hear: HearNews;
  /** After a transaction that may have filled the outbox. */
  readonly onCommit?: () => void;
  /** The longest pause between two looks: so late may a timer fire that another process has armed. Default 1,000. */
  readonly slowPollMs?: number;
  /** Timers in one transaction at most. Default 200. */
  readonly batch?: number;
  readonly observer?: TimersObserver;
}

export interface TimersObserver {
  /** Database away: goes on when it can. */
  interrupted?(error: unknown): void;
  /** One timer could not be carried out, and is tried again later. */
  failed?(timer: DueTimer, error: unknown): void;
}

export type DueTimer = SagaTimer & { readonly sagaId: string };

export interface Timers {
  start(): Promise<void>;
  /** Lets the transaction in flight end. */
  stop(): Promise<void>;
  /** A timer has been armed in this process that is due in so many milliseconds. */
  armed(inMs: number): void;
}

/**
 * Fires timers (R8). Any number of processes may do it: each takes those of sagas that nobody else moves at the moment
 * (R9). It looks when the next one is due, and in growing pauses for those that others have armed.
 */
export function createTimers(options: TimersOptions): Timers {
  const { database, orchestrator, hear, onCommit, observer } = options;
  const { slowPollMs = 1_000, batch = 200 } = options;
  const alarm = createAlarm();
  let stopping = false;
  let running: Promise<void> | undefined;
  /** When the sleeper wakes up by itself, on the monotonic clock. */
  let wakesAt = Number.POSITIVE_INFINITY;

  async function run(): Promise<void> {
    let pauseMs = FASTEST_MS;
    while (!stopping) {
      const fired = await once(fireDue);
      if (fired === batch) continue;
      pauseMs = fired !== undefined && fired > 0 ? FASTEST_MS : Math.min(slowPollMs, pauseMs * 2);
      const dueInMs = fired === undefined ? undefined : await once(nextDue);
      // One that is due already and was passed over is another process's by now, or will be free soon.
      await sleep(dueInMs === undefined || dueInMs <= 0 ? pauseMs : Math.min(dueInMs, slowPollMs));
    }
  }

  async function sleep(ms: number): Promise<void> {
    wakesAt = performance.now() + ms;
    await alarm.sleep(ms);
    wakesAt = Number.POSITIVE_INFINITY;
  }

  /** `undefined` when the database failed. */
  async function once<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      observer?.interrupted?.(error);
      return undefined;
    }
  }

  /** Answers how many. */
  async function fireDue(): Promise<number> {
    let claimed: readonly DueTimer[] = [];
    let moved: readonly Moved[];
    try {
      moved = await database.transaction(async (tx) => {
        claimed = (await tx.query<DueTimer & Record<string, unknown>>(DUE, [batch])).rows;
        return fire(tx, claimed);
      });
    } catch (error) {
      if (isUnavailable(error) || claimed.length === 0) throw error;
      // One of them is to blame, and must not hold up the others.
      for (const timer of claimed) await fireAlone(timer);
      return claimed.length;
    }
    tell(moved);
    return moved.length;
  }

  async function fire(tx: Transaction, timers: readonly DueTimer[]): Promise<readonly Moved[]> {
    if (timers.length === 0) return [];
    return orchestrator.applyAll(
      tx,
      timers.map(({ sagaId, kind, step, direction, round, attempt }) => ({
        id: sagaId,
        input: { type: "timer", timer: { kind, step, direction, round, attempt } },
      })),
    );
  }

  async function fireAlone(timer: DueTimer): Promise<void> {
    try {
      tell(await database.transaction((tx) => fire(tx, [timer])));
    } catch (error) {
      if (isUnavailable(error)) throw error;
      observer?.failed?.(timer, error);
      const { sagaId, kind, step, direction, round, attempt } = timer;
      await database.query(POSTPONE, [sagaId, kind, step, direction, round, attempt, POSTPONE_MS]);
    }
  }

  function tell(moved: readonly Moved[]): void {
    if (moved.length === 0) return;
    onCommit?.();
    hear(moved.flatMap(({ news }) => news));
  }

  async function nextDue(): Promise<number | undefined> {
    const { rows } = await database.query<{ inMs: number | null }>(NEXT_DUE);
    return rows[0]?.inMs ?? undefined;
  }

  return {
    async start() {
      running ??= run();
    },
    async stop() {
      stopping = true;
      alarm.ring();
      await running;
    },
    armed(inMs) {
      if (performance.now() + inMs < wakesAt && wakesAt !== Number.POSITIVE_INFINITY) alarm.ring();
    },
  };
}
