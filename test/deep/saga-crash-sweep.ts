import { writeExampleServices } from "./example-services.ts";
import { type CrashPoint, openLane, type Run } from "./saga-crash.ts";
import type { Story } from "./saga-crash-ledger.ts";

/** Between them they come to every kind of step and to both endings. */
export const stories = ["completed", "compensated"] as const satisfies Story[];
export type SweptStory = (typeof stories)[number];

export interface PlannedRun {
  readonly story: Story;
  readonly points: readonly CrashPoint[];
}

export interface Sweep {
  readonly runs: number;
  /** Runs in which each crash point was reached. */
  readonly reached: number;
  readonly crashes: number;
  /** What was wrong, with the run that it was wrong after. */
  readonly violations: readonly string[];
  /** Statements that no run has come to, of those that it was told to end at. */
  readonly notReached: readonly string[];
}

/** A process that starts, and takes up what another has left, makes at least so many statements. */
export const statementsOfRestart = 500;

export interface Crashes {
  /** Every statement of a run that nothing disturbs. */
  readonly points: Readonly<Record<SweptStory, readonly CrashPoint[]>>;
  sweep(runs: readonly PlannedRun[], progress?: (done: number, violations: number) => void): Promise<Sweep>;
  close(): Promise<void>;
}

/** @param width so many systems side by side */
export async function openCrashes(width = 2): Promise<Crashes> {
  const root = writeExampleServices();
  const lanes = await Promise.all(Array.from({ length: width }, () => openLane(root)));
  const [first] = lanes;
  // Every way through; and the first order of all finds pools and groups that have yet to be opened.
  for (const story of ["rejected", "blocked", ...stories] as const) faultless(await first!.run(story));
  const clean = { completed: await first!.run("completed"), compensated: await first!.run("compensated") };
  for (const story of stories) faultless(clean[story]);
  return {
    points: { completed: pointsOf(clean.completed.statements), compensated: pointsOf(clean.compensated.statements) },

    async sweep(runs, progress = () => undefined) {
      const left = [...runs];
      const violations: string[] = [];
      const notReached: string[] = [];
      let [done, crashes] = [0, 0];
      const work = async (lane: (typeof lanes)[number]) => {
        for (let run = left.shift(); run !== undefined; run = left.shift()) {
          const result = await lane.run(run.story, run.points);
          crashes += result.crashes;
          const name = `${run.story}, ${run.points.map(nameOf).join(", then ")}`;
          if (result.crashes < run.points.length) notReached.push(name);
          violations.push(...result.faults.map((fault) => `${name}: ${fault}`));
          progress(++done, violations.length);
        }
      };
      await Promise.all(lanes.map(work));
      return { runs: done, reached: done - notReached.length, crashes, violations, notReached };
    },

    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
  };
}

function pointsOf(statements: readonly string[]): readonly CrashPoint[] {
  const counts = new Map<string, number>();
  return statements.map((statement) => {
    const occurrence = (counts.get(statement) ?? 0) + 1;
    counts.set(statement, occurrence);
    return { statement, occurrence };
  });
}

function nameOf(point: CrashPoint): string {
  return "nth" in point ? `statement ${point.nth}` : `${point.statement} (${point.occurrence})`;
}

function faultless({ faults }: Run): void {
  if (faults.length > 0) throw new Error(`without any crash: ${faults.join("; ")}`);
}
