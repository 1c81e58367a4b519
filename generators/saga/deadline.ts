import { secondsOf } from "../_rules/duration.ts";
import type { DraftStep } from "./draft.ts";

/** What a definition says at its top, and what holds where it says nothing. */
export const usual = {
  timeout: "30s",
  retry: { attempts: 5, initial: "500ms", multiplier: 2, max: "30s", jitter: "full" },
} as const;

const choices = ["15m", "30m", "1h", "2h", "6h", "12h", "1d", "2d", "7d", "30d"] as const;

/** A deadline into which the steps up to and with the pivot fit, all their attempts counted (EDA-S05). */
export function deadlineFor(groups: readonly (readonly DraftStep[])[]): string {
  const before = groups.filter((group) => group.some(({ kind }) => kind !== "retriable"));
  const needed = before.reduce((sum, group) => sum + Math.max(...group.map(budgetOf)), 0);
  return choices.find((choice) => secondsOf(choice) >= needed) ?? choices.at(-1)!;
}

/** Seconds that a step may take: each attempt's timeout, and the waits in between without jitter. */
function budgetOf({ timeout = usual.timeout, retry }: DraftStep): number {
  const { attempts, initial, multiplier, max } = { ...usual.retry, ...retry } as Record<string, unknown>;
  const count = Math.min(1000, Number(attempts));
  let wait = secondsOf(String(initial));
  let sum = count * secondsOf(timeout);
  for (let attempt = 1; attempt < count; attempt++) {
    sum += Math.min(wait, secondsOf(String(max)));
    wait *= Number(multiplier);
  }
  return sum;
}
