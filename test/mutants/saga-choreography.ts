import type { Mutant } from "./saga-machine.ts";

/** The watchdog of choreographies without one of its safety lines. */
export const choreographyMutants: readonly Mutant[] = [
  {
    fault: "it is over before its trigger was seen, which may have begun more",
    file: "choreography/observe.ts",
    line: "const isOpen = mayBegin || courses.length === 0",
    replacement: "const isOpen = (mayBegin && courses.length < 0) || courses.length === 0",
    test: "choreography/observe.test.ts",
  },
  {
    fault: "what is open at the deadline is not stuck",
    file: "choreography/observe.ts",
    line: `input.timer.kind === "deadline" ? passDeadline(saga) : unchanged(saga)`,
    replacement: `input.timer.kind === "deadline" ? (void passDeadline, unchanged(saga)) : unchanged(saga)`,
    test: "choreography/observe.test.ts",
  },
  {
    fault: "an event that comes again, or late, changes an outcome",
    file: "choreography/observe.ts",
    line: `if (course !== undefined && (as === "begun" || course.status === "succeeded" || course.status === "failed"))`,
    replacement: `if (course !== undefined && as === "begun" && course.status === "waiting")`,
    test: "choreography/observe.test.ts",
  },
  {
    fault: "R5: a compensation that had nothing to undo is waited for",
    file: "choreography/observe.ts",
    line: `input.noop === true && input.outcome === "success" ? settleNoop(saga, input) : unchanged(saga)`,
    replacement: `input.noop === true && input.outcome === "refused" ? settleNoop(saga, input) : unchanged(saga)`,
    test: "choreography/observe.test.ts",
  },
];
