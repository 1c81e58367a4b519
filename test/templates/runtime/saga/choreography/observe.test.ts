import assert from "node:assert/strict";
import fc from "fast-check";
import { observe } from "../../../../../templates/runtime/src/saga/choreography/observe.ts";
import { compileSaga } from "../../../../../templates/runtime/src/saga/compile.ts";
import { VerbRefusedError } from "../../../../../templates/runtime/src/saga/errors.ts";
import type { CommandSource, StepSource } from "../../../../../templates/runtime/src/saga/source.ts";
import type { SagaInput, SagaState } from "../../../../../templates/runtime/src/saga/transition.ts";
import { loyalty } from "./loyalty.fixture.ts";

const definition = compileSaga(loyalty, "loyalty");
const id = "loyalty:o-1";
const data = { orderId: "o-1", customerId: "c-1" };
const triggered: SagaInput = { type: "triggered", id, data };
const seen = (event: string, more = {}): SagaInput => ({ type: "seen", id, event, data: { ...data, ...more } });
const deadlineOf = (round: number): SagaInput => ({
  type: "timer",
  timer: { kind: "deadline", step: "", direction: "forward", round, attempt: 0 },
});
const deadline = deadlineOf(0);

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
    assert.equal(observe(definition, state, deadlineOf(1)).state.steps["earn-points"]?.forward?.stuck, "unknown");
  });

  // Red when each watch has the same deadline: without `watch` in what its timer is known by. A process that has read the
  // first one as due, and comes to fire it only now, would end the second at once and delete its timer.
  it("is not stuck by the deadline of an earlier watch, which fires late (R4, R8)", () => {
    const anew = observe(definition, observed(seen("gifts.GiftSent"), deadline), triggered);
    const [timer] = anew.effects.flatMap((effect) => (effect.type === "timer" ? [effect.timer] : []));
    assert.notDeepEqual({ type: "timer", timer }, deadline);
    assert.equal(observe(definition, anew.state, deadline).state, anew.state);
    const passed = observe(definition, anew.state, { type: "timer", timer: timer! }).state;
    assert.equal(passed.steps["earn-points"]?.forward?.stuck, "unknown");
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

  describe("where a refusal means that it is stuck, and not that it is undone (R6)", () => {
    const [earn, gift] = loyalty.steps as [StepSource, StepSource];
    const revoke = earn.compensation as CommandSource;
    const strict = compileSaga(
      {
        ...loyalty,
        steps: [
          { ...earn, compensation: { ...revoke, failure: "loyalty.PointsSpent" } },
          gift,
          {
            id: "tell",
            kind: "retriable",
            on: "gifts.GiftSent",
            command: "loyalty.Tell",
            success: "loyalty.Told",
            failure: "loyalty.NotTold",
          },
        ],
      },
      "loyalty",
    );
    const strictly = (...inputs: readonly SagaInput[]) =>
      inputs.reduce<SagaState | undefined>((state, input) => observe(strict, state, input).state, undefined)!;
    const told = (inputs: readonly SagaInput[]) => {
      const { status, steps } = strictly(...inputs);
      return { status, revoke: steps["earn-points"]?.compensation?.stuck, tell: steps.tell?.forward?.stuck };
    };
    const refused = [triggered, seen("loyalty.PointsEarned"), seen("gifts.GiftRefused"), seen("loyalty.PointsSpent")];
    const sent = [triggered, seen("loyalty.PointsEarned"), seen("gifts.GiftSent"), seen("loyalty.NotTold")];

    // Red when see.ts settles every refusal: the saga was "compensated" with its points still there.
    it("a compensation that is refused is never called compensated", () => {
      assert.deepEqual(told(refused), { status: "compensating", revoke: "failure", tell: undefined });
      assert.equal(told([...refused, seen("loyalty.PointsRevoked")]).status, "compensated");
    });

    it("a retriable step that is refused turns nothing back", () => {
      assert.deepEqual(told(sent), { status: "running", revoke: undefined, tell: "failure" });
      assert.equal(strictly(...sent).failure, undefined);
      assert.equal(told([...sent, seen("loyalty.Told")]).status, "completed");
    });

    it("it stays so over the deadline, another refusal, and a trigger that comes late", () => {
      const [, ...early] = sent;
      for (const inputs of [
        [...sent, deadline, seen("loyalty.NotTold")],
        [...early, deadline, triggered],
      ])
        assert.deepEqual(told(inputs), { status: "running", revoke: undefined, tell: "failure" });
    });
  });

  describe("when an operator acts", () => {
    const stage = { step: "send-gift", direction: "forward" } as const;
    const complete: SagaInput = { type: "operator", verb: "complete", ...stage, data: { orderId: "o-1" } };
    const open = [triggered, seen("loyalty.PointsEarned")];

    it("settles what is stuck, as its event would, and is over when nothing else is open", () => {
      const { state, effects } = observe(definition, observed(...open, deadline), complete);
      assert.equal(state.status, "completed");
      assert.deepEqual(state.steps["send-gift"]?.forward?.reply, { orderId: "o-1" });
      assert.ok(effects.some((effect) => effect.type === "log" && effect.entry.what === "operator-completed"));
      assert.equal(observe(definition, state, seen("gifts.GiftSent")).state, state);
    });

    it("does not end it by itself: what starts at the event that nobody has sent is stuck then", () => {
      const earned: SagaInput = { ...complete, step: "earn-points" };
      const { state } = observe(definition, observed(triggered, deadline), earned);
      assert.equal(state.status, "running");
      assert.equal(state.steps["send-gift"]?.forward?.stuck, "unknown");
      assert.equal(observe(definition, state, complete).state.status, "completed");
    });

    for (const [verb, inputs, why] of [
      ["complete", open, /^send-gift is not stuck: it waits for its event$/],
      ["complete", [triggered, deadline], /^send-gift has not begun$/],
      ["complete", [...open, seen("gifts.GiftSent")], /is over: it is completed$/],
      [
        "retry",
        [...open, deadline],
        /^nobody leads a choreography, so that nothing can be sent to retry send-gift\. It starts at loyalty\.PointsEarned in gifts: look for that with eda dead-letters list --service gifts --type loyalty\.PointsEarned, and replay it\. /,
      ],
      ["skip", [...open, deadline], /nothing can be sent to skip send-gift/],
      ["fail", [...open, deadline], /nothing can be sent to fail send-gift/],
    ] as const)
      it(`refuses ${verb} after ${inputs.length}: ${why.source.slice(0, 40)}`, () => {
        const input: SagaInput = verb === "complete" ? complete : { type: "operator", verb, ...stage };
        assert.throws(
          () => observe(definition, observed(...inputs), input),
          (error: Error) => {
            return error instanceof VerbRefusedError && why.test(error.message);
          },
        );
      });
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
