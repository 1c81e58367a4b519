import assert from "node:assert/strict";
import { isOver, isStuck } from "../../../../../templates/runtime/src/saga/decide.ts";
import { VerbRefusedError } from "../../../../../templates/runtime/src/saga/errors.ts";
import type {
  SagaInput,
  SagaReply,
  SagaTimer,
  SendCommand,
  Stage,
} from "../../../../../templates/runtime/src/saga/transition.ts";
import { invariants } from "./invariants.ts";
import { participants } from "./participant.ts";
import type { RandomSaga } from "./random-saga.ts";
import { createStore } from "./store.ts";

const trigger: SagaInput = { type: "triggered", id: "random:1", data: { key: "1" } };

/** How a run came to its end, before the operators put everything right. */
export type Ending = "completed" | "compensated" | "with-exceptions" | "stuck";

/**
 * Runs one saga against its participants while everything that may go wrong does, as the numbers choose; then lets all
 * that is under way arrive; then lets operators retry what is stuck, until it is over.
 * @throws AssertionError where an invariant breaks
 */
export function runSchedule(saga: RandomSaga, choices: readonly number[]): { ending: Ending; transitions: number } {
  const { definition } = saga;
  const watching = invariants(definition);
  const store = createStore(definition, trigger, watching);
  const services = participants(saga);
  /** Commands on their topics, replies on theirs. First deliveries are in order a service (R14), unless `shuffled`. */
  const commands: SendCommand[] = [];
  const replies: SagaReply[] = [];
  const sent: SendCommand[] = [];
  const answered: SagaReply[] = [];
  const fired: SagaTimer[] = [];
  const shuffled = (choices[0] ?? 0) % 3 === 0;

  const answer = (reply: SagaReply) => {
    replies.push(reply);
    answered.push(reply);
  };
  const relay = (topic: string) => {
    const command = store.send(topic);
    if (command === undefined) return;
    commands.push(command);
    sent.push(command);
  };
  const deliver = (index: number): void => {
    const [command] = commands.splice(index, 1);
    if (command === undefined) return;
    const result = services.handle(command);
    if (result === "again") commands.push(command);
    else if (typeof result === "object") answer(result);
  };
  const fire = (timer: SagaTimer) => {
    fired.push(timer);
    store.apply({ type: "timer", timer });
  };
  const work = (index: number) => {
    const reply = services.work(services.calls[index]!);
    if (reply !== undefined) answer(reply);
  };

  const actions: ((pick: <T>(list: readonly T[]) => T | undefined, n: number) => void)[] = [
    (pick) => relay(pick([...store.outboxes.keys()])!),
    (pick) => relay(pick([...store.outboxes.keys()])!),
    (pick) => relay(pick([...store.outboxes.keys()])!),
    (_, n) => deliver(shuffled ? n % (commands.length || 1) : 0),
    (_, n) => deliver(shuffled ? n % (commands.length || 1) : 0),
    (_, n) => deliver(shuffled ? n % (commands.length || 1) : 0),
    (_, n) => take(replies, n, (reply) => store.apply(reply)),
    (_, n) => take(replies, n, (reply) => store.apply(reply)),
    (_, n) => take(replies, n, (reply) => store.apply(reply)),
    (_, n) => services.calls.length > 0 && work(n % services.calls.length),
    (_, n) => services.calls.length > 0 && work(n % services.calls.length),
    (_, n) => services.calls.length > 0 && work(n % services.calls.length),
    // Timers, the deadline less often; and some that have fired, or were cancelled, before.
    (pick) => {
      const due = pick([...store.timers.values()].filter(({ armed, timer }) => armed && timer.kind !== "deadline"));
      if (due !== undefined) fire(due.timer);
    },
    (pick, n) => {
      const due = pick([...store.timers.values()].filter(({ armed }) => armed));
      if (due !== undefined && (due.timer.kind !== "deadline" || n % 3 === 0)) fire(due.timer);
    },
    (pick) => {
      const again = pick(fired);
      if (again !== undefined) store.apply({ type: "timer", timer: again });
    },
    // Duplicates, losses, dead letters.
    (pick) => commands.push(...[pick(sent)].filter((command) => command !== undefined)),
    (pick) => replies.push(...[pick(answered)].filter((reply) => reply !== undefined)),
    (_, n) => take(replies, n, () => undefined),
    (_, n) => take(commands, n, () => undefined),
    (_, n) =>
      take(replies, n, ({ step, direction }) =>
        store.apply({ type: "unhandled", step, direction, error: "unreadable" }),
      ),
    (_, n) => n % 2 === 0 && store.apply(trigger),
    // Crashes of workers, time limits of calls, parked rows.
    (pick) => {
      const call = pick(services.calls);
      if (call !== undefined) services.kill(call);
    },
    () => services.passTimeLimits(),
    (pick, n) => n % 4 === 0 && store.park(pick([...store.outboxes.keys()])!),
    (pick, n) => n % 2 === 0 && store.unpark(pick([...store.outboxes.keys()])!),
    () => notify(),
    () => notify(),
    (_, n) => operate(n),
    // A transition that is lost before its commit: the input comes again later.
    (pick) => {
      const reply = pick(replies);
      if (reply !== undefined) decideAndForget(reply);
    },
  ];

  const notify = () => {
    const notice = store.notices.shift();
    if (notice !== undefined) store.apply(notice);
  };
  const decideAndForget = (input: SagaInput) => {
    const before = JSON.stringify(store.state);
    store.rehearse(input);
    assert.equal(JSON.stringify(store.state), before, "the state that was given has changed");
  };

  const operate = (n: number) => {
    const stages: Stage[] = [...definition.groups.flat().map(({ id }) => id), "completed", "compensated"].flatMap(
      (step) => [
        { step, direction: "forward" },
        { step, direction: "compensation" },
      ],
    );
    const open = stages.filter(
      (stage) =>
        store.state.steps[stage.step]?.[stage.direction]?.status === "waiting" ||
        store.state.steps[stage.step]?.[stage.direction]?.stuck,
    );
    const stage = (n % 5 === 0 ? stages : open)[Math.floor(n / 5) % (n % 5 === 0 ? stages.length : open.length || 1)];
    if (stage === undefined) return;
    const verb = (["retry", "skip", "fail", "retry", "complete"] as const)[Math.floor(n / 50) % 5]!;
    attempt(
      verb === "complete"
        ? { type: "operator", verb, ...stage, data: { value: "by hand" } }
        : { type: "operator", verb, ...stage },
    );
  };
  const attempt = (input: SagaInput) => {
    const before = store.state;
    try {
      store.apply(input);
    } catch (error) {
      if (!(error instanceof VerbRefusedError)) throw error;
      assert.equal(store.state, before, "a refused verb has changed something");
    }
  };

  for (const choice of choices) {
    const n = Math.floor(choice / actions.length);
    actions[choice % actions.length]!((list) => (list.length === 0 ? undefined : list[n % list.length]), n);
  }

  /** A fair schedule: all that is under way arrives, then all that is due comes. */
  const settle = () => {
    for (let round = 0; ; round++) {
      assert.ok(round < 10_000, "it never comes to rest");
      while (store.notices.length > 0) notify();
      for (const topic of store.outboxes.keys())
        for (let rows = store.outboxes.get(topic)!.length; rows > 0; rows--) relay(topic);
      if (replies.length > 0) take(replies, 0, (reply) => store.apply(reply));
      else if (services.calls.length > 0) work(0);
      else if (commands.length > 0) {
        const length = commands.length;
        for (let left = length; left > 0; left--) deliver(0);
        if (commands.length === length && replies.length === 0 && services.calls.length === 0)
          services.passTimeLimits();
      } else {
        const due =
          [...store.timers.values()].find(({ armed, timer }) => armed && timer.kind !== "deadline") ??
          [...store.timers.values()].find(({ armed }) => armed);
        if (due === undefined || isOver(store.state)) return;
        fire(due.timer);
      }
    }
  };

  settle();
  assert.ok(isOver(store.state) || isStuck(store.state), "neither over nor stuck");
  const ending = endingOf(store.state.status, isStuck(store.state));
  services.heal();
  for (let retries = 0; !isOver(store.state); retries++) {
    assert.ok(retries < 200, "operators cannot bring it to an end");
    const [step, courses] = Object.entries(store.state.steps).find(([, { forward, compensation }]) =>
      [forward, compensation].some((course) => course?.stuck !== undefined || course?.parked),
    )!;
    const { forward } = courses;
    const direction = forward?.stuck !== undefined || forward?.parked ? "forward" : "compensation";
    store.apply({ type: "operator", verb: "retry", step, direction });
    settle();
  }
  for (const topic of store.outboxes.keys()) store.unpark(topic);
  settle();
  watching.atTheEnd(store.state, services.effects);
  return { ending, transitions: watching.transitions };
}

function endingOf(status: string, stuck: boolean): Ending {
  if (stuck) return "stuck";
  if (status.endsWith("-with-exceptions")) return "with-exceptions";
  return status as "completed" | "compensated";
}

function take<T>(list: T[], n: number, use: (item: T) => unknown): void {
  if (list.length === 0) return;
  const [item] = list.splice(n % list.length, 1);
  use(item!);
}
