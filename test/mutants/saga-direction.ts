import type { Mutant } from "./mutant.ts";

/** The same: what makes a saga turn back, and in which order it is undone. */
export const directionMutants: readonly Mutant[] = [
  {
    fault: "R3: an unknown step is not compensated",
    file: "compensation.ts",
    line: "return [...unknown, ...succeeded",
    replacement: "return [...succeeded",
    test: "decide.test.ts",
  },
  {
    fault: "R3: unknown steps are compensated last",
    file: "compensation.ts",
    line: "return [...unknown, ...succeeded.sort((a, b) => forward(b)!.order! - forward(a)!.order!)]",
    replacement: "return [...succeeded.sort((a, b) => forward(b)!.order! - forward(a)!.order!), ...unknown]",
    test: "decide.test.ts",
  },
  {
    fault: "R3: unknown steps are compensated in the order of definition",
    file: "compensation.ts",
    line: `"unknown").reverse()`,
    replacement: `"unknown")`,
    test: "decide.test.ts",
  },
  {
    fault: "R15: compensations run in the order of completion",
    file: "compensation.ts",
    line: "forward(b)!.order! - forward(a)!.order!",
    replacement: "forward(a)!.order! - forward(b)!.order!",
    test: "decide.test.ts",
  },
  {
    fault: "R15: the saga turns back before all members have settled",
    file: "progress.ts",
    line: `  if (courses.some(isOpen)) return;
  if (!courses.every(isDone))`,
    replacement: `  if (courses.every((course) => isOpen(course) || isDone(course)) && courses.some(isOpen)) return;
  if (!courses.every(isDone))`,
    test: "decide.test.ts",
  },
  {
    fault: "R16: a deadline turns back after the point of no return",
    file: "deadline.ts",
    line: `  if (pastPointOfNoReturn(turn.definition, turn.state)) return;
`,
    replacement: "",
    test: "decide.test.ts",
  },
  {
    fault: "R16: a deadline counts during compensation",
    file: "deadline.ts",
    line: `turn.state.status !== "running" || turn.state.deadlinePassed`,
    replacement: "turn.state.deadlinePassed",
    test: "decide.test.ts",
  },
  {
    fault: "R13: a deadline waits for a parked step",
    file: "deadline.ts",
    line: `if (course?.status === "waiting") becomeUnknown`,
    replacement: `if (course?.status === "waiting" && course.parked === undefined) becomeUnknown`,
    test: "decide.test.ts",
  },
  {
    fault: "R16, R18: a deadline waits for a step whose reply could not be handled",
    file: "deadline.ts",
    line: `if (course?.status === "waiting") becomeUnknown`,
    replacement: `if (course?.status === "waiting" && course.stuck === undefined) becomeUnknown`,
    test: "decide.test.ts",
  },
  {
    fault: "R16: a deadline makes one member unknown, not all",
    file: "deadline.ts",
    line: `    if (course?.status === "waiting") becomeUnknown(turn, stage, course);`,
    replacement: `    if (course?.status === "waiting") { becomeUnknown(turn, stage, course); break; }`,
    test: "decide.test.ts",
  },
  {
    fault: "R16: the point is the intent of a pivot that has a compensation",
    file: "point-of-no-return.ts",
    line: `return pivot.compensation === undefined ? course !== undefined : course?.status === "succeeded";`,
    replacement: "return course !== undefined;",
    test: "decide.test.ts",
  },
  {
    fault: "R16: the point is the success of a pivot that has none",
    file: "point-of-no-return.ts",
    line: `return pivot.compensation === undefined ? course !== undefined : course?.status === "succeeded";`,
    replacement: `return course?.status === "succeeded";`,
    test: "decide.test.ts",
  },
  {
    fault: "R16: a retriable step's intent is no point of no return",
    file: "point-of-no-return.ts",
    line: `  if (retriable.length > 0) return retriable.some(({ id }) => forward(id) !== undefined);
`,
    replacement: `  void retriable;
`,
    test: "decide.test.ts",
  },
  {
    fault: "R16: the intent of `completed` is no point of no return",
    file: "point-of-no-return.ts",
    line: `  if (definition.completed !== undefined) return forward("completed") !== undefined;
`,
    replacement: "",
    test: "point-of-no-return.test.ts",
  },
  {
    fault: "R3: an unknown pivot without compensation compensates what is earlier",
    file: "stages.ts",
    line: `found?.kind === "compensatable" || (found?.kind === "pivot" && found.compensation !== undefined)`,
    replacement: `found?.kind === "compensatable" || found?.kind === "pivot"`,
    test: "decide.test.ts",
  },
  {
    fault: "R3: an unknown retriable step compensates",
    file: "stages.ts",
    line: `return found?.kind === "compensatable" || (found`,
    replacement: `return found?.kind === "retriable" || found?.kind === "compensatable" || (found`,
    test: "decide.test.ts",
  },
  {
    fault: "R6: a retriable step's failure compensates",
    file: "stages.ts",
    line: `return kind === "compensatable" || kind === "pivot";`,
    replacement: "return kind !== undefined;",
    test: "decide.test.ts",
  },
  {
    fault: "R15: all compensations at once",
    file: "compensation.ts",
    line: "    if (courseOf(state, next) === undefined) begin(turn, next);",
    replacement: `    for (const { id } of compensationPlan(definition, state)) {
      const each = { step: id, direction: "compensation" as const };
      if (courseOf(turn.state, each) === undefined) begin(turn, each);
    }`,
    test: "decide.test.ts",
  },
];
