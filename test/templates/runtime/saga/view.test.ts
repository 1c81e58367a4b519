import assert from "node:assert/strict";
import { observe } from "../../../../templates/runtime/src/saga/choreography/observe.ts";
import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import type { StepSource } from "../../../../templates/runtime/src/saga/source.ts";
import type { SagaState } from "../../../../templates/runtime/src/saga/transition.ts";
import { viewOf } from "../../../../templates/runtime/src/saga/view.ts";
import { payment } from "./payment.ts";
import { deadlineTimer, type Story, storyOf } from "./story.ts";
import { sagaOf } from "./variants.ts";

const forward = (step: string) => ({ step, direction: "forward" as const });
const backward = (step: string) => ({ step, direction: "compensation" as const });

describe("the view of a saga (R11)", () => {
  it("shows what is done, what runs, and what is pending and why", () => {
    const view = viewOf(payment, storyOf().succeed("reserve-stock").state);
    assert.deepEqual(view, {
      completed: [{ ...forward("reserve-stock"), outcome: "succeeded" }],
      failed: [],
      running: [{ ...forward("screen-fraud"), round: 1, attempt: 1, why: "waits for its reply" }],
      pending: [
        { ...forward("capture-payment"), why: "waits for screen-fraud" },
        { ...forward("completed"), why: "waits for screen-fraud" },
      ],
      stuck: [],
    });
  });

  it("shows why a step between two attempts, or asked by an operator, waits", () => {
    const saga = storyOf().timeout("reserve-stock");
    assert.equal(viewOf(payment, saga.state).running[0]?.why, "waits before its next attempt");
    const definition = sagaOf(["r+"]);
    const asked = storyOf(definition).fail("r").operator("skip", "r");
    assert.match(viewOf(definition, asked.state).running[0]!.why, /answer to the operator's skip$/);
  });

  it("names what is stuck, in which direction and why; what comes after waits for it", () => {
    const definition = sagaOf(["a", "b", "c"]);
    const stuck = (saga: Story) =>
      viewOf(definition, saga.state).stuck.map(({ step, direction, reason }) => [step, direction, reason]);
    const saga = storyOf(definition).succeed("a").succeed("b").fail("c").exhaust("~b");
    assert.deepEqual(stuck(saga), [["b", "compensation", "unknown"]]);
    assert.deepEqual(viewOf(definition, saga.state).pending, [
      { ...backward("a"), why: "waits for the compensation of b, which is stuck" },
      { ...forward("compensated"), why: "waits for the compensation of b, which is stuck" },
    ]);
    assert.deepEqual(stuck(storyOf(definition).disturb("parked", "a")), [["a", "forward", "parked"]]);
    assert.deepEqual(stuck(storyOf(definition).disturb("unhandled", "a")), [["a", "forward", "unhandled"]]);
  });

  it("tells the story in its order: completion, then compensation, then the ending", () => {
    const definition = sagaOf([["a", "b"], "c"]);
    const saga = storyOf(definition).succeed("b").succeed("a").exhaust("c");
    saga.succeed("~c", {}, { noop: true }).succeed("~a").succeed("~b").succeed("compensated");
    const view = viewOf(definition, saga.state);
    assert.deepEqual(view.completed, [
      { ...forward("b"), outcome: "succeeded" },
      { ...forward("a"), outcome: "succeeded" },
      { ...backward("c"), outcome: "succeeded", noop: true },
      { ...backward("a"), outcome: "succeeded" },
      { ...backward("b"), outcome: "succeeded" },
      { ...forward("compensated"), outcome: "succeeded" },
    ]);
    assert.deepEqual(view.failed, [{ ...forward("c"), outcome: "unknown" }]);
    assert.deepEqual([view.running, view.pending, view.stuck], [[], [], []]);
  });

  it("of a choreography: what was seen, what waits for which event, what was not seen by the deadline", () => {
    const step = (id: string, on: string): StepSource => ({
      id,
      on,
      command: `${id}.Do`,
      success: `${id}.Done`,
      failure: `${id}.Refused`,
      compensation: { command: `${id}.Undo`, success: `${id}.Undone`, on: "b.Refused" },
    });
    const definition = compileSaga(
      {
        saga: "led-by-nobody",
        version: 1,
        style: "choreography",
        service: "shop",
        trigger: "shop.Ordered",
        key: "$.trigger.orderId",
        deadline: "1h",
        timeout: "5m",
        steps: [step("a", "shop.Ordered"), step("b", "a.Done")],
      },
      "shop",
    );
    const id = "led-by-nobody:1";
    const see = (state: SagaState | undefined, event: string) =>
      observe(definition, state, { type: "seen", id, event, data: { orderId: "1" } }).state;
    const triggered = observe(definition, undefined, { type: "triggered", id, data: { orderId: "1" } }).state;
    const first = viewOf(definition, triggered);
    assert.deepEqual(first.running, [
      { ...forward("a"), round: 1, attempt: 1, why: "waits for the event of its outcome" },
    ]);
    assert.deepEqual(first.pending, [{ ...forward("b"), why: "waits for a.Done" }]);
    const failed = see(see(triggered, "a.Done"), "b.Refused");
    const { completed, failed: refused, running } = viewOf(definition, failed);
    assert.deepEqual(completed, [{ ...forward("a"), outcome: "succeeded" }]);
    assert.deepEqual(refused, [{ ...forward("b"), outcome: "failed" }]);
    assert.deepEqual(
      running.map(({ step, direction }) => [step, direction]),
      [
        ["b", "compensation"],
        ["a", "compensation"],
      ],
    );
    const late = observe(definition, triggered, { type: "timer", timer: deadlineTimer }).state;
    assert.equal(viewOf(definition, late).stuck[0]?.why, "its outcome was not seen by the deadline");
  });
});
