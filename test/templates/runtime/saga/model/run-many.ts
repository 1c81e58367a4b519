import fc from "fast-check";
import { randomSaga } from "./random-saga.ts";
import { type Ending, runSchedule } from "./schedule.ts";

export interface ManyRuns {
  readonly runs: number;
  readonly transitions: number;
  readonly endings: Readonly<Partial<Record<Ending, number>>>;
}

/** Random sagas under random schedules. A failure is shrunk, and shows the saga and the schedule. */
export function runMany(runs: number, seed: number): ManyRuns {
  const choices = fc.array(fc.nat(1_000_000), { minLength: 20, maxLength: 200, size: "max" });
  const endings: Partial<Record<Ending, number>> = {};
  let transitions = 0;
  fc.assert(
    fc.property(randomSaga, choices, (saga, schedule) => {
      const run = runSchedule(saga, schedule);
      endings[run.ending] = (endings[run.ending] ?? 0) + 1;
      transitions += run.transitions;
    }),
    { numRuns: runs, seed },
  );
  return { runs, transitions, endings };
}
