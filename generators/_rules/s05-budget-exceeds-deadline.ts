import type { DraftStep } from "../_saga/draft.ts";
import { longestCourse } from "../_saga/retry.ts";
import { aloneExample } from "./saga-example.ts";
import { sagaRule } from "./saga-rule.ts";
import { shownDuration } from "./shown-duration.ts";

export const budgetExceedsDeadline = sagaRule({
  id: "EDA-S05",
  severity: "error",
  title: "the budget of the steps up to and with the pivot exceeds the deadline (shows the sum)",
  explanation:
    "A deadline that comes before the attempts are used up takes back orders that were about to go through: the retries " +
    "that were to bridge a restart never happen. For each step the budget is its attempts times their timeout and the " +
    "waits between them, without jitter; a parallel group counts its longest member. Compensations are not counted: the " +
    "deadline does not stop them, and after the pivot it stops nothing.",
  examples: [{ fails: aloneExample("deadline: 15m", "deadline: 1m"), repair: aloneExample() }],
  alone: true,
  *judge({ document }) {
    const { deadlineMs, groups } = document.draft;
    if (deadlineMs === undefined) return;
    const longest = untilPivot(groups).map(longestOf);
    if (longest.some((part) => part === undefined)) return;
    const parts = longest.filter((part) => part !== undefined);
    const sum = parts.reduce((total, { ms }) => total + ms, 0);
    if (sum <= deadlineMs) return;
    const terms = parts.map(({ step, ms }) => `${step.id ?? step.label} ${shownDuration(ms)}`).join(" + ");
    yield {
      at: ["deadline"],
      message: `The steps may take ${shownDuration(sum)} (${terms}), and the deadline is ${shownDuration(deadlineMs)}`,
      hint: `Write deadline: ${shownDuration(sum, true)} or longer, or fewer attempts or shorter timeouts`,
    };
  },
});

/** The groups up to and with the pivot; without a pivot those before the first retriable step. */
function untilPivot(groups: readonly (readonly DraftStep[])[]): readonly (readonly DraftStep[])[] {
  const pivot = groups.findIndex((group) => group.some(({ kind }) => kind === "pivot"));
  if (pivot >= 0) return groups.slice(0, pivot + 1);
  const retriable = groups.findIndex((group) => group.some(({ kind }) => kind === "retriable"));
  return retriable < 0 ? groups : groups.slice(0, retriable);
}

interface Part {
  readonly step: DraftStep;
  readonly ms: number;
}

/** The member that may take longest; undefined where one's time is not known. */
function longestOf(group: readonly DraftStep[]): Part | undefined {
  let longest: Part | undefined;
  for (const step of group) {
    if (step.retry === undefined || step.timeoutMs === undefined) return undefined;
    const ms = longestCourse(step.retry, step.timeoutMs);
    if (longest === undefined || ms > longest.ms) longest = { step, ms };
  }
  return longest;
}
