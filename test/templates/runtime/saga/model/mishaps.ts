import assert from "node:assert/strict";
import { VerbRefusedError } from "../../../../../templates/runtime/src/saga/errors.ts";
import type { SagaInput, Stage } from "../../../../../templates/runtime/src/saga/transition.ts";
import { trigger, type World } from "./world.ts";

/** Something that happens to a world. `n` is what there is of chance in it. */
type Happening = (world: World, n: number) => unknown;

/** What goes as it should, more often than what does not. */
const usual: readonly Happening[] = [
  (world, n) => pick(world.topics(), n, (topic) => world.relay(topic)),
  (world, n) => world.deliver(n % 7 === 0 ? n % (world.commands.length || 1) : 0),
  (world, n) => take(world.replies, n, (reply) => world.store.apply(reply)),
  (world, n) => world.work(n % (world.services.calls.length || 1)),
];

const mishaps: readonly Happening[] = [
  // Timers at any moment, the deadline less often; and some that have fired, or were cancelled, before.
  (world, n) =>
    pick(
      [...world.store.timers.values()].filter(({ armed, timer }) => armed && timer.kind !== "deadline"),
      n,
      ({ timer }) => world.fire(timer),
    ),
  (world, n) =>
    pick(
      [...world.store.timers.values()].filter(({ armed }) => armed),
      n,
      ({ timer }) => (timer.kind !== "deadline" || n % 3 === 0) && world.fire(timer),
    ),
  ({ fired, store }, n) => pick(fired, n, (timer) => store.apply({ type: "timer", timer })),
  // Duplicates, out of order.
  ({ commands, sent }, n) => pick(sent, n, (command) => commands.push(command)),
  ({ replies, answered }, n) => pick(answered, n, (reply) => replies.push(reply)),
  ({ store }, n) => n % 2 === 0 && store.apply(trigger),
  // Losses, and replies that cannot be handled.
  ({ replies }, n) => take(replies, n, () => undefined),
  ({ commands }, n) => take(commands, n, () => undefined),
  ({ replies, store }, n) =>
    take(replies, n, ({ step, direction }) => store.apply({ type: "unhandled", step, direction, error: "unreadable" })),
  // Workers killed in the middle of a call, time limits of calls, transitions lost before their commit.
  ({ services }, n) => pick(services.calls, n, (call) => services.kill(call)),
  ({ services }) => services.passTimeLimits(),
  ({ replies, store }, n) => pick(replies, n, (reply) => store.rehearse(reply)),
  // Parked rows.
  (world, n) => n % 4 === 0 && pick(world.topics(), n, (topic) => world.store.park(topic)),
  (world, n) => n % 2 === 0 && pick(world.topics(), n, (topic) => world.store.unpark(topic)),
  (world) => world.notify(),
  (world) => world.notify(),
  operate,
];

const happenings = [...usual, ...usual, ...usual, ...mishaps];

/** What a number chooses happens to the world. */
export function happen(world: World, choice: number): void {
  happenings[choice % happenings.length]!(world, Math.floor(choice / happenings.length));
}

/** Any verb on any stage, mostly on one that is open. A refused one must change nothing. */
function operate({ store, asked }: World, n: number): void {
  const { steps } = store.state;
  const begun = Object.keys(steps).flatMap((step): Stage[] => [
    { step, direction: "forward" },
    { step, direction: "compensation" },
  ]);
  const open = begun.filter(({ step, direction }) => {
    const course = steps[step]![direction];
    return course?.status === "waiting" || course?.stuck !== undefined;
  });
  const before = store.state;
  pick(n % 5 === 0 ? begun : open, Math.floor(n / 5), (stage) => {
    const verb = (["retry", "skip", "fail", "retry", "complete"] as const)[Math.floor(n / 50) % 5]!;
    const input: SagaInput =
      verb === "complete"
        ? { type: "operator", verb, ...stage, data: { value: "by hand" } }
        : { type: "operator", verb, ...stage };
    try {
      store.apply(input);
      if (verb === "skip" || verb === "fail") asked.set(`${stage.step}/${stage.direction}`, verb);
    } catch (error) {
      if (!(error instanceof VerbRefusedError)) throw error;
      assert.equal(store.state, before, "a refused verb has changed something");
    }
  });
}

function pick<T>(list: readonly T[], n: number, use: (item: T) => unknown): void {
  if (list.length > 0) use(list[n % list.length]!);
}

function take<T>(list: T[], n: number, use: (item: T) => unknown): void {
  if (list.length > 0) use(list.splice(n % list.length, 1)[0]!);
}
