import type { VariantName } from "./example-variants.ts";
import { type CrashPoint, type CrashStatement, type Lane, openLane, type Run } from "./saga-crash.ts";
import type { Story } from "./saga-crash-stories.ts";

/**
 * The stories that are swept, by the variant of the example that has them. Between them they come to every kind of step,
 * to both endings, and to what undoes: where it is refused, and where nobody knows what there is to undo.
 */
export const stories = {
  plain: ["completed", "compensated"],
  refusing: ["refunded"],
  unanswered: ["unanswered"],
} as const satisfies Record<VariantName, readonly Story[]>;

/** What an idle process does as well, now and then, so that it does not come in every run. */
export const CHORE =
  /WITH (owned|gone|kept) AS|broker\.(group_partition|member)|request_journal|outbox_(relay|shard|published)|pg_locks|dead_letter(_key| l )/;

/** Every way through a variant; the first order of all finds pools and groups that have yet to be opened. */
const waysThrough: Readonly<Record<VariantName, readonly Story[]>> = {
  plain: ["rejected", "blocked", "completed", "compensated"],
  refusing: ["refunded"],
  unanswered: ["unanswered"],
};

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
  /**
   * Every statement of a run that nothing disturbs. Of a variant: those from the capture of the payment on, without
   * chores; the others are the example's own.
   */
  points(story: Story): readonly CrashStatement[];
  sweep(runs: readonly PlannedRun[], progress?: (done: number, violations: number) => void): Promise<Sweep>;
  close(): Promise<void>;
}

/** @param width so many systems side by side */
export async function openCrashes(variant: VariantName, width = 2): Promise<Crashes> {
  const lanes = await Promise.all(Array.from({ length: width }, () => openLane(variant)));
  const close = async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
  };
  const points = await statementsOf(variant, lanes[0]!).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    points: (story) => points.get(story) ?? [],

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

    close,
  };
}

async function statementsOf(variant: VariantName, lane: Lane): Promise<ReadonlyMap<Story, readonly CrashStatement[]>> {
  for (const story of waysThrough[variant]) faultless(await lane.run(story));
  const points = new Map<Story, readonly CrashStatement[]>();
  for (const story of stories[variant]) {
    const clean = await lane.run(story);
    faultless(clean);
    const all = pointsOf(clean.statements);
    const capture = all.findIndex(({ statement }) => statement.startsWith("payments: BEGIN"));
    points.set(story, variant === "plain" ? all : all.slice(capture).filter(({ statement }) => !CHORE.test(statement)));
  }
  return points;
}

function pointsOf(statements: readonly string[]): readonly CrashStatement[] {
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
