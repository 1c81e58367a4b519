import type { Mutant } from "./mutant.ts";

/** The saga machine without one of its safety lines: attempts, timers and replies. */
export const machineMutants: readonly Mutant[] = [
  {
    fault: "R4: the idempotency key is one per attempt",
    file: "intent.ts",
    line: "idempotencyKey(turn.state.id, step, direction, round)",
    replacement: "idempotencyKey(turn.state.id, step, direction, round * 100 + attempt)",
    test: "decide.test.ts",
  },
  {
    fault: "R8: a timer fires whatever the state of its stage",
    file: "timers.ts",
    line: `  if (course?.status !== "waiting" || course.stuck !== undefined) return;`,
    replacement: "  if (course === undefined) return;",
    test: "decide.test.ts",
  },
  {
    fault: "R6: a timer moves a stage that is stuck",
    file: "timers.ts",
    line: `  if (course?.status !== "waiting" || course.stuck !== undefined) return;`,
    replacement: `  if (course?.status !== "waiting") return;`,
    test: "decide.test.ts",
  },
  {
    fault: "R8: a timer of an older attempt counts for the one under way",
    file: "timers.ts",
    line: "  if (course.round !== round || course.attempt !== attempt) return;",
    replacement: "  void [round, attempt];",
    test: "decide.test.ts",
  },
  {
    fault: "R4: a timeout that fires twice arms a second backoff",
    file: "timers.ts",
    line: `timer.kind === "timeout" && !backingOff`,
    replacement: `timer.kind === "timeout"`,
    test: "decide.test.ts",
  },
  {
    fault: "R8: a backoff that fires twice sends a second attempt",
    file: "timers.ts",
    line: `timer.kind === "backoff" && backingOff`,
    replacement: `timer.kind === "backoff"`,
    test: "decide.test.ts",
  },
  {
    fault: "R7: a reply settles whatever step waits",
    file: "replies.ts",
    line: `  const stage = { step, direction };
  const course = courseOf(turn.state, stage);
  // R7, R12`,
    replacement: `  const open = Object.keys(turn.state.steps).find((each) => turn.state.steps[each]?.[direction]?.status === "waiting");
  const stage = { step: open ?? step, direction };
  const course = courseOf(turn.state, stage);
  // R7, R12`,
    test: "decide.test.ts",
  },
  {
    fault: "R7: a forward reply settles the compensation",
    file: "replies.ts",
    line: `  const stage = { step, direction };
  const course = courseOf(turn.state, stage);
  // R7, R12`,
    replacement: `  const back = courseOf(turn.state, { step, direction: "compensation" });
  const stage = { step, direction: back === undefined ? direction : ("compensation" as const) };
  const course = courseOf(turn.state, stage);
  // R7, R12`,
    test: "decide.test.ts",
  },
  {
    fault: "R7, R12: a late reply settles what has settled",
    file: "replies.ts",
    line: "if (course === undefined || !isOpen(course)) ignore",
    replacement: "if (course === undefined) ignore",
    test: "decide.test.ts",
  },
  {
    fault: "R7: a failure of an older round counts",
    file: "replies.ts",
    line: `else if (course.status !== "waiting" || round !== course.round) ignore`,
    replacement: `else if (course.status !== "waiting") ignore`,
    test: "decide.test.ts",
  },
  {
    fault: "R7: a success of an older round is ignored",
    file: "replies.ts",
    line: `else if (outcome === "success") succeed`,
    replacement: `else if (outcome === "success" && round === course.round) succeed`,
    test: "decide.test.ts",
  },
  {
    fault: "R12: a late success does not release a stuck stage",
    file: "course.ts",
    line: `return course.status === "waiting" || course.stuck !== undefined;`,
    replacement: `return course.status === "waiting" && course.stuck === undefined;`,
    test: "decide.test.ts",
  },
  {
    fault: "R5: a retry after a failure is of the same round",
    file: "intent.ts",
    line: "round: course.round + 1, attempt: 1",
    replacement: "round: course.round, attempt: course.attempt + 1",
    test: "decide.test.ts",
  },
  {
    fault: "R4: a round's attempts are counted anew",
    file: "intent.ts",
    line: "    attempt: attempt + 1,",
    replacement: "    attempt: (attempt % 3) + 1,",
    test: "decide.test.ts",
  },
  {
    fault: "R13: an attempt's clock starts before its command has left",
    file: "intent.ts",
    line: `starts: "when-sent"`,
    replacement: `starts: "now"`,
    test: "decide.test.ts",
  },
  {
    fault: "R13: a step whose row is parked is not stuck",
    file: "course.ts",
    line: "return course.stuck !== undefined || course.parked === true;",
    replacement: "return course.stuck !== undefined;",
    test: "decide.test.ts",
  },
  {
    fault: "R18: timers of a stuck stage stay",
    file: "settle.ts",
    line: `  setCourse(turn, stage, { ...waiting, stuck });
  cancelTimers(turn, stage);`,
    replacement: "  setCourse(turn, stage, { ...waiting, stuck });",
    test: "decide.test.ts",
  },
  {
    fault: "R18: a reply that cannot be handled makes nothing stuck",
    file: "disruption.ts",
    line: `  getStuck(turn, stage, course, "unhandled");`,
    replacement: "  void getStuck;",
    test: "decide.test.ts",
  },
  {
    fault: "R8: timers of a settled stage stay",
    file: "settle.ts",
    line: `  setCourse(turn, stage, { round, attempt, ...outcome });
  cancelTimers(turn, stage);`,
    replacement: "  setCourse(turn, stage, { round, attempt, ...outcome });",
    test: "decide.test.ts",
  },
  {
    fault: "R1: the same trigger begins the steps again",
    file: "decide.ts",
    line: `    case "triggered": // R1: the same trigger again.
`,
    replacement: `    case "triggered":
      beginGroup(turn);
      break;
`,
    test: "decide.test.ts",
  },
  {
    fault: "R6: nobody hears that the saga is stuck",
    file: "decide.ts",
    line: "before.status !== state.status || isStuck(before) !== stuck",
    replacement: "before.status !== state.status",
    test: "decide.test.ts",
  },
  {
    fault: "R10: a round trip through jsonb makes another definition",
    file: "hash.ts",
    line: ".sort(([a], [b]) => (a < b ? -1 : 1))",
    replacement: "",
    test: "hash.test.ts",
  },
  {
    fault: "a compensation's timeout is its step's",
    file: "compile.ts",
    line: "commandOf(compensation, defaults, `",
    replacement: "commandOf(compensation, { ...defaults, timeout: source.timeout ?? defaults.timeout }, `",
    test: "compile.test.ts",
  },
  {
    fault: "R17: the deadline of a saga that is over stays",
    file: "end.ts",
    line: `  turn.effects.push({ type: "cancel-timers" });
`,
    replacement: "",
    test: "decide.test.ts",
  },
  {
    fault: "R6: what comes after a stuck step does not wait",
    file: "course.ts",
    line: `return course.status === "waiting" || course.stuck !== undefined;`,
    replacement: `return course.status === "waiting";`,
    test: "decide.test.ts",
  },
];
