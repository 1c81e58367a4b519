import type { Mutant } from "./mutant.ts";

/** The same: what an operator may do, and when it counts. */
export const operatorMutants: readonly Mutant[] = [
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
    fault: "R4: a retry after unknown is of a new round",
    file: "operator.ts",
    line: "sendAgain(turn, stage, withoutQuestion(course))",
    replacement: "sendNextRound(turn, stage, withoutQuestion(course))",
    test: "operator.test.ts",
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
    fault: "R19: a retry goes on asking",
    file: "operator.ts",
    line: "sendAgain(turn, stage, withoutQuestion(course))",
    replacement: "sendAgain(turn, stage, course)",
    test: "operator.test.ts",
  },
];
