import assert from "node:assert/strict";
import { isStuck } from "../../../../../templates/runtime/src/saga/decide.ts";
import type { SagaDefinition } from "../../../../../templates/runtime/src/saga/definition.ts";
import type {
  SagaInput,
  SagaState,
  SagaTimer,
  Transition,
} from "../../../../../templates/runtime/src/saga/transition.ts";

/** What an input must do, or must not, wherever the saga stands. `past`: it was past its point of no return. */
export function checkInput(
  definition: SagaDefinition,
  before: SagaState,
  input: SagaInput,
  { state, effects }: Transition,
  past: boolean,
): void {
  const unchanged = state === before;
  switch (input.type) {
    case "triggered":
      assert.ok(unchanged, "triggered twice");
      break;
    case "timer":
      if (input.timer.kind === "deadline") checkDeadline(before, state, past);
      else if (!isAwaited(before, input.timer)) assert.ok(unchanged, "a timer that has no meaning any more");
      if (past && before.status === "running")
        assert.notEqual(state.status, "compensating", "turned back after the point of no return");
      break;
    case "unhandled": {
      const course = before.steps[input.step]?.[input.direction];
      if (course?.status === "waiting") assert.ok(isStuck(state), "a reply that cannot be handled");
      break;
    }
    case "operator": {
      const course = before.steps[input.step]![input.direction]!;
      const stuck = course.stuck !== undefined || course.parked === true;
      if (input.verb !== "skip") assert.ok(stuck, `${input.verb} of what is not stuck`);
      if (input.verb === "fail") assert.equal(kindOf(definition, input.step), "pivot");
      if (input.verb === "skip" || input.verb === "fail") {
        assert.equal(state.status, before.status, "went on before the participant's answer");
        assert.ok(effects.some((effect) => effect.type === "send" && effect.purpose === "tombstone"));
      }
      break;
    }
  }
  for (const [step, { forward }] of Object.entries(state.steps)) {
    if (forward?.status !== "skipped") continue;
    assert.match(kindOf(definition, step) ?? "retriable", /retriable/, "skipped before the point of no return");
  }
}

/** R16. */
function checkDeadline(before: SagaState, state: SagaState, past: boolean): void {
  if (before.status !== "running") assert.equal(state, before, "a deadline during compensation");
  else if (past) assert.deepEqual(state, { ...before, deadlinePassed: true }, "a deadline waits");
  else assert.ok(state.deadlinePassed && state.status !== "running", "a deadline before the point of no return");
}

/** Whether a timer is the one that a stage waits for. */
export function isAwaited(state: SagaState, { kind, step, direction, round, attempt }: SagaTimer): boolean {
  const course = state.steps[step]?.[direction];
  return (
    course?.status === "waiting" &&
    course.stuck === undefined &&
    course.round === round &&
    course.attempt === attempt &&
    (kind === "backoff") === (course.backoff === true)
  );
}

function kindOf(definition: SagaDefinition, step: string): string | undefined {
  return definition.groups.flat().find(({ id }) => id === step)?.kind;
}
