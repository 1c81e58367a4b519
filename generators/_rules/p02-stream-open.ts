import { decisionProblems } from "./phase-decision.ts";
import type { Rule } from "./rule.ts";
import { misfits } from "./sizing.ts";

export const streamOpen: Rule = {
  id: "EDA-P02",
  severity: "error",
  runs: "phase",
  title: "phase 2, event stream, is open: no expected load, a load that does not fit, or no decision",
  explanation:
    "The number of partitions is the one setting that cannot be changed later without losing the order of events, and " +
    "it follows from a load that somebody has to state. Without the numbers the sizing is a guess that is found out on " +
    "the busiest day of the year. See EDA-M12 for the sum.",
  examples: [
    {
      fails: { manifest: shop("") },
      repair: { manifest: shop("\n  expected: { peakPerSecond: 2000, averageBytes: 600, growthPerYear: 2 }") },
    },
  ],
  *check(context) {
    yield* decisionProblems(context, "stream");
    if (!context.system.stream.expected) {
      yield {
        at: ["stream"],
        part: "key",
        message: "The expected load is not stated",
        hint: "Run eda phase stream, or write expected: { peakPerSecond: 2000, averageBytes: 600, growthPerYear: 2 } under stream, with your numbers",
      };
    }
    yield* misfits(context.system);
  },
};

function shop(expected: string): string {
  return `eda: 1
name: shop
stream:
  platform: kafka
  partitions: 12
  replication: 3
  retention: 7d${expected}
phases:
  stream: { status: decided, decision: docs/decisions/0002-stream.md }
`;
}
