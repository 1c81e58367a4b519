import assert from "node:assert/strict";
import fc from "fast-check";
import { observe } from "../../../../../templates/runtime/src/saga/choreography/observe.ts";
import { compileSaga } from "../../../../../templates/runtime/src/saga/compile.ts";
import type { SagaInput, SagaState } from "../../../../../templates/runtime/src/saga/transition.ts";
import { loyalty } from "./loyalty.fixture.ts";

const definition = compileSaga(loyalty, "loyalty");
const id = "loyalty:o-1";
const data = { orderId: "o-1", customerId: "c-1" };
const triggered: SagaInput = { type: "triggered", id, data };
const seen = (event: string, more = {}): SagaInput => ({ type: "seen", id, event, data: { ...data, ...more } });
const deadline: SagaInput = {
  type: "timer",
  timer: { kind: "deadline", step: "", direction: "forward", round: 0, attempt: 0 },
};

function observed(...inputs: readonly SagaInput[]): SagaState {
  let state: SagaState | undefined;
  for (const input of inputs) state = observe(definition, state, input).state;
  assert.ok(state);
  return state;
}

describe("the watchdog of a choreography", () => {
  it("has a step begin at its event, and end with its own", () => {
    assert.equal(observed(triggered).steps["earn-points"]?.forward?.status, "waiting");
    const state = observed(triggered, seen("loyalty.PointsEarned"));
    assert.equal(state.steps["earn-points"]?.forward?.status, "succeeded");
    assert.equal(state.steps["send-gift"]?.forward?.status, "waiting");
    assert.equal(state.status, "running");
  });

  it("is completed when nothing that has begun is open", () => {
    assert.equal(observed(triggered, seen("loyalty.PointsEarned"), seen("gifts.GiftSent")).status, "completed");
  });

  it("is compensated when a step has failed and what it leads to is undone, with the reason", () => {
    const failed = observed(triggered, seen("loyalty.PointsEarned"), seen("gifts.GiftRefused", { reason: "sold out" }));
    assert.equal(failed.status, "compensating");
    assert.deepEqual(failed.failure, { step: "send-gift", reason: "sold out" });
    const undone = observe(definition, failed, seen("loyalty.PointsRevoked")).state;
    assert.equal(undone.status, "compensated");
  });

  it("counts a compensation that had nothing to undo, which has no event but a reply", () => {
    const failed = observed(triggered, seen("gifts.GiftRefused"));
    const noop: SagaInput = {
      type: "reply",
      step: "earn-points",
      direction: "compensation",
      round: 1,
      outcome: "success",
      noop: true,
      data: {},
    };
    const state = observe(definition, failed, noop).state;
    assert.equal(state.status, "compensated");
    assert.equal(state.steps["earn-points"]?.forward?.status, "unknown");
  });

  it("ends the same way in whatever order the events are seen, once and twice", () => {
    const ways = [
      [triggered, seen("loyalty.PointsEarned"), seen("gifts.GiftSent")],
      [triggered, seen("loyalty.PointsEarned"), seen("gifts.GiftRefused"), seen("loyalty.PointsRevoked")],
    ];
    const schedule = fc
      .constantFrom(...ways)
      .chain((way) => fc.tuple(fc.constant(way), fc.shuffledSubarray([...way, ...way], { minLength: way.length * 2 })));
    fc.assert(
      fc.property(schedule, ([way, shuffled]) => {
        const { status, steps, failure } = observed(...shuffled);
        const straight = observed(...way);
        assert.equal(status, straight.status);
        assert.deepEqual(failure, straight.failure);
        for (const [step, { forward, compensation }] of Object.entries(straight.steps)) {
          assert.equal(steps[step]?.forward?.status, forward?.status);
          assert.equal(steps[step]?.compensation?.status, compensation?.status);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("is stuck in what is open at the deadline, and goes on when its event comes after all", () => {
    const late = observed(triggered, seen("loyalty.PointsEarned"), deadline);
    assert.equal(late.steps["send-gift"]?.forward?.stuck, "unknown");
    assert.equal(late.status, "running");
    const { state, effects } = observe(definition, late, seen("gifts.GiftSent"));
    assert.equal(state.status, "completed");
    assert.ok(effects.some((effect) => effect.type === "status" && !effect.stuck));
  });

  it("is never over before its trigger was seen, which may have begun more", () => {
    // Removed once: `mayBegin ||` in observe.ts.
    const early = observed(seen("gifts.GiftSent"));
    assert.equal(early.status, "running");
    assert.equal(observe(definition, early, triggered).state.status, "running");
  });

  it("arms its deadline once, with the first event that is seen, and cancels it at the end", () => {
    const first = observe(definition, undefined, seen("loyalty.PointsEarned"));
    assert.equal(first.effects.filter(({ type }) => type === "timer").length, 1);
    assert.equal(observe(definition, first.state, triggered).effects.filter(({ type }) => type === "timer").length, 0);
    const ended = observe(definition, observed(triggered, seen("loyalty.PointsEarned")), seen("gifts.GiftSent"));
    assert.ok(ended.effects.some(({ type }) => type === "cancel-timers"));
  });

  it("says nothing new of what was seen before, and of a deadline that comes after the end", () => {
    const state = observed(triggered, seen("loyalty.PointsEarned"), seen("gifts.GiftSent"));
    for (const input of [triggered, seen("gifts.GiftSent"), deadline]) {
      const again = observe(definition, state, input);
      assert.equal(again.state, state);
      assert.deepEqual(again.effects, []);
    }
  });

  it("is over at the deadline where its trigger never came, and watched anew, with a deadline, when it does", () => {
    const early = observed(seen("gifts.GiftSent"), deadline);
    assert.equal(early.status, "completed");
    const { state, effects } = observe(definition, early, triggered);
    assert.equal(state.status, "running");
    assert.equal(state.steps["earn-points"]?.forward?.status, "waiting");
    assert.equal(effects.filter(({ type }) => type === "timer").length, 1);
    assert.equal(observe(definition, state, deadline).state.steps["earn-points"]?.forward?.stuck, "unknown");
  });

  it("gives what is stuck without a trigger another deadline when it comes, and none where nothing is open", () => {
    const stuck = observed(seen("loyalty.PointsEarned"), deadline);
    assert.equal(stuck.steps["send-gift"]?.forward?.stuck, "unknown");
    const late = observe(definition, stuck, triggered).state;
    assert.equal(late.steps["send-gift"]?.forward?.stuck, undefined);
    assert.equal(late.deadlinePassed, false);
    const settled = observed(seen("loyalty.PointsEarned"), seen("gifts.GiftSent"), deadline);
    const again = observe(definition, settled, triggered);
    assert.equal(again.state.status, "completed");
    assert.deepEqual(
      again.effects.map((effect) => (effect.type === "log" ? effect.entry.what : effect.type)),
      ["trigger-seen"],
    );
  });

  it("is stuck in a step whose event could not be handled, until something settles it after all (R18)", () => {
    const unhandled: SagaInput = { type: "unhandled", step: "send-gift", direction: "forward", error: "no key" };
    const open = observed(triggered, seen("loyalty.PointsEarned"));
    const stuck = observe(definition, open, unhandled).state;
    assert.equal(stuck.steps["send-gift"]?.forward?.stuck, "unhandled");
    assert.equal(observe(definition, stuck, unhandled).state, stuck);
    assert.equal(observe(definition, stuck, deadline).state.steps["send-gift"]?.forward?.stuck, "unhandled");
    assert.equal(observe(definition, stuck, seen("gifts.GiftSent")).state.status, "completed");
    assert.equal(observe(definition, open, { ...unhandled, step: "earn-points" }).state, open);
  });

  it("has a row of the log for whatever changes it (R11)", () => {
    const inputs = [
      seen("gifts.GiftSent"),
      triggered,
      seen("loyalty.PointsEarned"),
      deadline,
      seen("gifts.GiftRefused"),
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...inputs), { maxLength: 12 }), (given) => {
        let state: SagaState | undefined;
        for (const input of given) {
          if (state === undefined && input.type === "timer") continue;
          const { state: next, effects } = observe(definition, state, input);
          if (next !== state) assert.ok(effects.some(({ type }) => type === "log"));
          state = next;
        }
      }),
      { numRuns: 500 },
    );
  });
});
