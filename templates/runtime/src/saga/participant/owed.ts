import type { Database } from "../../database/database.ts";
import type { Participant } from "./participant.ts";
import type { SagaTask } from "./task.ts";

const AT_ONCE = 100;
/** Whoever has committed the forward's outcome runs the compensation at once, and goes first. */
const UNTOUCHED_MS = 30_000;

export interface OwedOptions {
  readonly participant: Participant;
  readonly database: Database;
  readonly signal: AbortSignal;
  /** One could not be run, and is tried again at the next call. */
  readonly failed: (task: SagaTask, error: unknown) => void;
  /** Default 30,000. */
  readonly untouchedMs?: number;
}

/**
 * Runs the compensations that are due again, since their forward's outcome was committed after all (R19), and that
 * nobody has run. The message of the forward brings most of them up again, but it may be marked: by a process that took
 * its partition over during the call, and refused it.
 */
export async function runOwed({ participant, database, signal, failed, ...options }: OwedOptions): Promise<void> {
  const { rows } = await database.query<{ task: SagaTask }>(OWED, [options.untouchedMs ?? UNTOUCHED_MS, AT_ONCE]);
  for (const { task } of rows) {
    if (signal.aborted) return;
    try {
      if (participant.isExternal(task.command)) {
        await participant.call(task, { database, signal, mark: async () => true });
      } else await database.transaction((tx) => participant.run(tx, [task]));
    } catch (error) {
      failed(task, error);
    }
  }
}

const OWED = `
  SELECT compensation_task AS task FROM public.saga_participant
  WHERE compensation_again AND compensation_task IS NOT NULL
    AND touched_at < clock_timestamp() - $1::double precision * interval '1 ms'
  LIMIT $2::bigint`;
