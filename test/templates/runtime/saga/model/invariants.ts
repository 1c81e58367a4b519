import assert from "node:assert/strict";
import { isOver, isStuck } from "../../../../../templates/runtime/src/saga/decide.ts";
import type { SagaDefinition, SagaStep } from "../../../../../templates/runtime/src/saga/definition.ts";
import type { SagaEffect, SagaState, SendCommand } from "../../../../../templates/runtime/src/saga/transition.ts";
import { checkInput, isAwaited } from "./inputs.ts";
import type { Observer } from "./store.ts";

export interface Invariants extends Observer {
  readonly transitions: number;
  /** Of a saga that is over, with nothing under way any more. */
  atTheEnd(state: SagaState, effects: ReadonlyMap<string, number>): void;
}

/** What must hold after each step, told from outside: nothing here asks the machine what it thinks. */
export function invariants(definition: SagaDefinition): Invariants {
  const steps = definition.groups.flat();
  const armed = new Set<string>();
  /** Steps in the order in which they have succeeded, as it was seen from outside. */
  const completed: string[] = [];
  const compensated: string[] = [];
  const byHand = new Set<string>();
  let plan: readonly string[] | undefined;
  let confirmed = false;
  let cancelled = false;
  let past = false;
  let transitions = 0;

  const sent = (before: SagaState | undefined, state: SagaState, command: SendCommand) => {
    const { step, direction, round, attempt, idempotencyKey } = command;
    const course = state.steps[step]?.[direction];
    // R2, R4: the intent is in the state that is stored with the command.
    assert.deepEqual([course?.status, course?.round, course?.attempt], ["waiting", round, attempt], "intent");
    assert.equal(idempotencyKey, `${state.id}/${step}/${direction}/${round}`, "key");
    assert.ok(before === undefined || !isOver(before), "sent after the end");
    assert.equal(command.purpose, course?.asked === undefined ? "do" : "tombstone", "purpose");
    if (step === "completed") confirmed = true;
    if (step === "compensated") cancelled = true;
    assert.ok(!(confirmed && cancelled), "both confirmed and compensated");
    const source = [...steps.map((each) => [each, each.compensation])]
      .flat()
      .find((each) => each?.command === command.command);
    const from = source?.input.from;
    if (from !== undefined && "path" in from && from.path.from === "step") {
      const read = state.steps[from.path.step]!.forward!;
      assert.equal(command.data.from, read.reply?.value, "data");
      assert.notEqual(command.data.from, undefined, "data of a skipped step");
    }
    if (direction === "forward" && step !== "completed" && step !== "compensated") {
      assert.equal(state.status, "running", "forward while compensating");
    }
    if (direction === "compensation") {
      assert.equal(state.status, "compensating", "compensation while running");
      if (compensated.at(-1) !== step) {
        const last = compensated.at(-1);
        // R15: each confirmed before the next.
        if (last !== undefined)
          assert.match(state.steps[last]!.compensation!.status, /^(succeeded|skipped)$/, "confirmed");
        compensated.push(step);
      }
      assert.deepEqual(compensated, plan!.slice(0, compensated.length), "order of compensations");
    }
  };

  const turnedBack = (before: SagaState, state: SagaState) => {
    const group = definition.groups[before.group]!;
    const refused = group.some(({ id, kind }) => kind !== "retriable" && state.steps[id]?.forward?.status === "failed");
    assert.ok(refused || !past, "turned back after the point of no return");
    for (const { id } of steps)
      assert.notEqual(state.steps[id]?.forward?.status, "waiting", "turned back before all settled");
    const undoable = (id: string) => steps.find((step) => step.id === id)!.compensation !== undefined;
    const unknown = steps.filter(({ id }) => state.steps[id]?.forward?.status === "unknown").map(({ id }) => id);
    plan = [...unknown.reverse(), ...completed.toReversed()].filter(undoable);
  };

  return {
    get transitions() {
      return transitions;
    },
    armed(name) {
      assert.ok(!armed.has(name), `armed twice: ${name}`);
      armed.add(name);
    },
    left(state, timers) {
      for (const timer of timers) {
        if (timer.kind === "deadline") assert.ok(!isOver(state), "a deadline after the end");
        else assert.ok(isAwaited(state, timer), "a timer that nothing waits for");
      }
    },
    saw(before, input, { state, effects }) {
      transitions++;
      if (before !== undefined) checkInput(definition, before, input, { state, effects }, past);
      if (input.type === "operator" && input.verb === "complete") byHand.add(`${input.step}/${input.direction}`);
      if (state === before) {
        assert.ok(
          effects.every(({ type }) => type === "log"),
          "effects without a change",
        );
        return;
      }
      assert.ok(before === undefined || !isOver(before), "changed after the end");
      for (const { id, kind } of steps) {
        const [was, is] = [before?.steps[id]?.forward, state.steps[id]?.forward];
        if (is?.status === "succeeded" && was?.status !== "succeeded") completed.push(id);
        if (was?.status === "succeeded") assert.equal(is?.status, "succeeded", "settled again");
        if (was !== undefined && is!.status === "unknown")
          assert.notEqual(kind, "retriable", "gave up on a retriable step");
      }
      if (state.failure !== undefined && before!.failure === undefined) turnedBack(before!, state);
      if (before?.status === "compensating") assert.doesNotMatch(state.status, /^(running|completed)/, "forward again");
      for (const effect of effects) if (effect.type === "send") sent(before, state, effect);
      past ||= isPast(definition, steps, state);
      statusTold(before, state, effects);
      if (isOver(state)) ended(state);
    },
    atTheEnd(state, effects) {
      const done = (step: string, direction: string) => effects.get(`${step}/${direction}`) ?? 0;
      for (const [effect, times] of effects) assert.ok(times <= 1, `${effect} came about ${times} times`);
      for (const { id, compensation } of steps) {
        const { forward, compensation: backward } = state.steps[id] ?? {};
        if (forward?.status === "skipped" || forward?.status === "failed")
          assert.equal(done(id, "forward"), 0, `${id} done`);
        if (backward?.status === "skipped") assert.equal(done(id, "compensation"), 0, `${id} undone although skipped`);
        const claimed = byHand.has(`${id}/forward`) || byHand.has(`${id}/compensation`);
        if (claimed || forward?.status === "skipped" || backward?.status === "skipped") continue;
        if (state.status.startsWith("completed")) {
          assert.deepEqual([done(id, "forward"), done(id, "compensation")], [1, 0], `${id} of a completed saga`);
        } else if (compensation !== undefined) {
          assert.equal(done(id, "forward"), done(id, "compensation"), `${id} of a compensated saga`);
        }
      }
    },
  };

  function ended(state: SagaState) {
    const courses = Object.values(state.steps).flatMap(({ forward, compensation }) => [forward, compensation]);
    for (const course of courses) {
      assert.notEqual(course?.status, "waiting", "over while something waits");
      assert.equal(course?.stuck ?? course?.parked, undefined, "over while something is stuck");
    }
    assert.equal(
      state.status.endsWith("-with-exceptions"),
      courses.some((course) => course?.status === "skipped"),
      "exceptions",
    );
    if (state.status.startsWith("completed")) {
      for (const { id } of steps) assert.match(state.steps[id]!.forward!.status, /^(succeeded|skipped)$/, "completed");
      assert.equal(confirmed, definition.completed !== undefined);
    } else {
      assert.deepEqual(compensated, plan, "compensated all of it");
      assert.equal(cancelled, definition.compensated !== undefined);
    }
  }
}

/** R16, in words of its own. */
function isPast(
  definition: SagaDefinition,
  steps: readonly SagaStep[],
  { status, steps: courses }: SagaState,
): boolean {
  const pivot = steps.find(({ kind }) => kind === "pivot");
  if (pivot?.compensation !== undefined) return courses[pivot.id]?.forward?.status === "succeeded";
  const point = pivot ?? steps.find(({ kind }) => kind === "retriable");
  if (point !== undefined) return courses[point.id]?.forward !== undefined;
  return definition.completed === undefined ? status.startsWith("completed") : courses.completed !== undefined;
}

function statusTold(before: SagaState | undefined, state: SagaState, effects: readonly SagaEffect[]) {
  const told = effects.filter(({ type }) => type === "status");
  const changed = before?.status !== state.status || isStuck(before) !== isStuck(state);
  assert.deepEqual(told, changed ? [{ type: "status", status: state.status, stuck: isStuck(state) }] : []);
}
