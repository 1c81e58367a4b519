import { parseDurationMs } from "../../templates/runtime/src/duration.ts";
import { defaultRetry } from "../../templates/runtime/src/saga/compile.ts";
import { longestCourse, retryOf } from "../_saga/retry.ts";
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
  return choices.find((choice) => millisecondsOf(choice) >= needed) ?? choices.at(-1)!;
}

/** Milliseconds that a step may take, as the rule counts them. What is wrong with its `retry` is another rule's. */
function budgetOf({ timeout = usual.timeout, retry }: DraftStep): number {
  const meant = retryOf(retry && { attempts: defaultRetry.attempts, ...retry }) ?? defaultRetry;
  return longestCourse(meant, millisecondsOf(timeout));
}

function millisecondsOf(text: string): number {
  return parseDurationMs(text) ?? 0;
}
