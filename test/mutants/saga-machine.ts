import type { Mutant } from "./mutant.ts";

/** The saga machine without one of its safety lines. */
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
    fault: "a refusal counts though nobody asked",
    file: "replies.ts",
    line: `else if (outcome === "failure") fail(turn, stage, course, data);
  else ignore(turn, reply);`,
    replacement: "else fail(turn, stage, course, data);",
    test: "operator.test.ts",
  },
  {
    fault: "fail: compensation begins before the participant has answered",
    file: "operator.ts",
    line: `  ask(turn, stage, course, "fail");`,
    replacement: "  fail(turn, stage, course, {});",
    test: "operator.test.ts",
  },
  {
    fault: "skip: the saga goes on before the participant has answered",
    file: "operator.ts",
    line: `  ask(turn, stage, course, "skip");`,
    replacement: "  skip(turn, stage, course);",
    test: "operator.test.ts",
  },
  {
    fault: "skip, fail: the participant is asked to do it after all",
    file: "intent.ts",
    line: `course.asked === undefined ? "do" : "tombstone"`,
    replacement: `"do"`,
    test: "operator.test.ts",
  },
  {
    fault: "skip, fail: the next attempt asks to do it after all",
    file: "intent.ts",
    line: `    ...(asked === undefined ? {} : { asked }),
`,
    replacement: "",
    test: "operator.test.ts",
  },
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
    fault: "R5: a retry after a failure is of the same round",
    file: "intent.ts",
    line: "round: course.round + 1, attempt: 1",
    replacement: "round: course.round, attempt: course.attempt + 1",
    test: "decide.test.ts",
  },
  {
    fault: "R4: a retry after unknown is of a new round",
    file: "operator.ts",
    line: "sendAgain(turn, stage, withoutQuestion(course))",
    replacement: "sendNextRound(turn, stage, withoutQuestion(course))",
    test: "operator.test.ts",
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
    fault: "R13: a retry sends a second command behind the parked one",
    file: "operator.ts",
    line: "  if (course.parked === true) {",
    replacement: `  if (course.parked === true && course.status !== "waiting") {`,
    test: "decide.test.ts",
  },
  {
    fault: "skip: though a later input reads the step",
    file: "operator.ts",
    line: "  if (reader !== undefined) {",
    replacement: `  if (reader !== undefined && reader === "") {`,
    test: "operator.test.ts",
  },
  {
    fault: "skip: before the point of no return",
    file: "operator.ts",
    line: "  if (!canBeSkipped(turn.definition, stage)) {",
    replacement: `  if (!canBeSkipped(turn.definition, stage) && stage.step === "") {`,
    test: "operator.test.ts",
  },
  {
    fault: "skip: the saga counts as completed",
    file: "settle.ts",
    line: `  turn.state = { ...turn.state, exceptions: true };
`,
    replacement: "",
    test: "operator.test.ts",
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
    fault: "complete: of a step that is not stuck",
    file: "operator.ts",
    line: `      mustBeStuck(stage, course);
      record(turn, "operator-completed"`,
    replacement: `      record(turn, "operator-completed"`,
    test: "operator.test.ts",
  },
  {
    fault: "fail: of a pivot that is not stuck",
    file: "operator.ts",
    line: `  mustBeStuck(stage, course);
  ask(turn, stage, course, "fail");`,
    replacement: `  ask(turn, stage, course, "fail");`,
    test: "operator.test.ts",
  },
  {
    fault: "retry: of a step that is not stuck",
    file: "operator.ts",
    line: `  mustBeStuck(stage, course);
  record(turn, "operator-retried"`,
    replacement: `  record(turn, "operator-retried"`,
    test: "operator.test.ts",
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
  {
    fault: "R19: a retry goes on asking",
    file: "operator.ts",
    line: "sendAgain(turn, stage, withoutQuestion(course))",
    replacement: "sendAgain(turn, stage, course)",
    test: "operator.test.ts",
  },
];
