import assert from "node:assert/strict";
import { isOver, isStuck } from "../../../../../templates/runtime/src/saga/decide.ts";
import type { SagaState, Stage } from "../../../../../templates/runtime/src/saga/transition.ts";
import { invariants } from "./invariants.ts";
import { happen } from "./mishaps.ts";
import type { RandomSaga } from "./random-saga.ts";
import { createWorld, type World } from "./world.ts";

/** How a run came to its end, before the operators put everything right. */
export type Ending = "completed" | "compensated" | "with-exceptions" | "stuck";

export interface Run {
  readonly ending: Ending;
  readonly transitions: number;
}

/**
 * Runs one saga against its participants while everything that may go wrong does, as the numbers choose; then lets all
 * that is under way arrive; then lets operators retry what is stuck, until it is over.
 * @throws AssertionError where an invariant breaks
 */
export function runSchedule(saga: RandomSaga, choices: readonly number[]): Run {
  const watching = invariants(saga.definition);
  const world = createWorld(saga, watching);
  for (const choice of choices) happen(world, choice);

  comeToRest(world);
  const { state } = world.store;
  assert.ok(isOver(state) || isStuck(state), "neither over nor stuck");

  putRight(world);
  for (const topic of world.topics()) world.store.unpark(topic);
  comeToRest(world);
  watching.atTheEnd(world.store.state, world.services.effects);
  return { ending: endingOf(state), transitions: watching.transitions };
}

/** A fair schedule: all that is under way arrives, then all that is due comes, the deadline last. */
function comeToRest(world: World): void {
  const { store, services, commands, replies } = world;
  for (let rounds = 0; rounds < 10_000; rounds++) {
    while (store.notices.length > 0) world.notify();
    for (const [topic, rows] of store.outboxes) for (let left = rows.length; left > 0; left--) world.relay(topic);
    if (replies.length > 0) store.apply(replies.shift()!);
    else if (services.calls.length > 0) world.work(0);
    else if (commands.length > 0) deliverAll(world);
    else {
      const armed = [...store.timers.values()].filter((row) => row.armed).map(({ timer }) => timer);
      const due = armed.find(({ kind }) => kind !== "deadline") ?? armed[0];
      if (due === undefined) return;
      world.fire(due);
    }
  }
  assert.fail("it never comes to rest");
}

function deliverAll({ commands, replies, services, deliver }: World): void {
  const before = commands.length;
  for (let left = before; left > 0; left--) deliver(0);
  const nothing = commands.length === before && replies.length === 0 && services.calls.length === 0;
  if (nothing) services.passTimeLimits();
}

/** Handlers are mended, then each stuck stage is retried; what was asked before, and may have been granted, is asked again. */
function putRight(world: World): void {
  const { store, services } = world;
  services.heal();
  for (let retries = 0; !isOver(store.state); retries++) {
    assert.ok(retries < 200, "operators cannot bring it to an end");
    const stage = stuckStage(store.state);
    const asked = world.asked.get(`${stage.step}/${stage.direction}`);
    const verb = retries % 2 === 1 && asked !== undefined && !isParked(store.state, stage) ? asked : "retry";
    store.apply({ type: "operator", verb, ...stage });
    comeToRest(world);
  }
}

function stuckStage({ steps }: SagaState): Stage {
  for (const [step, courses] of Object.entries(steps)) {
    for (const direction of ["forward", "compensation"] as const) {
      const course = courses[direction];
      if (course?.stuck !== undefined || course?.parked === true) return { step, direction };
    }
  }
  return assert.fail("neither over nor stuck");
}

function isParked({ steps }: SagaState, { step, direction }: Stage): boolean {
  return steps[step]?.[direction]?.parked === true;
}

function endingOf(state: SagaState): Ending {
  if (isStuck(state)) return "stuck";
  if (state.status.endsWith("-with-exceptions")) return "with-exceptions";
  return state.status === "completed" ? "completed" : "compensated";
}
