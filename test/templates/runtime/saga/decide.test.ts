import assert from "node:assert/strict";
import { decide, isOver } from "../../../../templates/runtime/src/saga/decide.ts";
import { payment, paymentTrigger } from "./payment.ts";
import { deadlineTimer, type Story, storyOf } from "./story.ts";
import { sagaOf } from "./variants.ts";

describe("the saga machine", () => {
  describe("begins and goes on", () => {
    it("R1: begins with its first step and its deadline; the same trigger again changes nothing", () => {
      const saga = storyOf();
      assert.deepEqual(saga.sent, ["reserve-stock 1.1"]);
      assert.deepEqual(saga.effects[0], { type: "timer", timer: deadlineTimer, afterMs: 900_000, starts: "now" });
      const { state } = saga;
      saga.give({ type: "triggered", id: state.id, data: paymentTrigger });
      assert.equal(saga.state, state);
      assert.deepEqual(saga.effects, []);
    });

    it("R8: nothing but a trigger creates a saga", () => {
      assert.throws(() => decide(payment, undefined, { type: "timer", timer: deadlineTimer }), /There is no saga yet/);
    });

    it("sends each command with the data that its input says", () => {
      const saga = storyOf(
        sagaOf(["a", "b"], { inputs: { b: { from: "$.steps.a.deep.value", id: "$.saga.id", n: 7 } } }),
      );
      saga.succeed("a", { deep: { value: [1] } });
      const send = saga.effects.find((effect) => effect.type === "send");
      assert.deepEqual(send?.data, { from: [1], id: "variant:4711", n: 7 });
    });

    it("leaves out a field whose path leads nowhere, also one that every object has", () => {
      const saga = storyOf(
        sagaOf(["a"], { inputs: { a: { x: "$.trigger.missing.x", y: "$.trigger.constructor.name" } } }),
      );
      assert.deepEqual(saga.effects.find((effect) => effect.type === "send")?.data, {});
    });

    it("takes steps that are named as what every object has", () => {
      const saga = storyOf(sagaOf(["constructor", "tostring"]));
      assert.deepEqual(saga.succeed("constructor").sent, ["tostring 1.1"]);
      assert.deepEqual(saga.fail("tostring").sent, ["~constructor 1.1"]);
    });

    it("R17: is completed after its ending has succeeded, or at once where there is none", () => {
      const saga = storyOf().succeed("reserve-stock").succeed("screen-fraud").succeed("capture-payment");
      assert.deepEqual([saga.sent, saga.state.status], [["completed 1.1"], "running"]);
      assert.equal(saga.succeed("completed").state.status, "completed");
      assert.deepEqual(saga.effects.at(-1), { type: "status", status: "completed", stuck: false });
      const without = storyOf(sagaOf(["a", "P"], { endings: false }))
        .succeed("a")
        .succeed("P");
      assert.deepEqual([without.sent, without.state.status], [[], "completed"]);
    });

    it("begins all members of a parallel group, and goes on when all have succeeded", () => {
      const saga = storyOf(sagaOf([["a", "b"], "P"]));
      assert.deepEqual(saga.sent, ["a 1.1", "b 1.1"]);
      assert.deepEqual(saga.succeed("b").sent, []);
      assert.deepEqual(saga.succeed("a").sent, ["P 1.1"]);
    });

    it("leaves the state that it was given as it was", () => {
      const { state } = storyOf();
      const before = structuredClone(state);
      decide(payment, state, { type: "timer", timer: deadlineTimer });
      assert.deepEqual(state, before);
    });
  });

  describe("attempts", () => {
    it("R13: the clock of an attempt starts when its command has left", () => {
      const timer = storyOf().effects.findLast((effect) => effect.type === "timer");
      assert.deepEqual([timer?.timer.kind, timer?.afterMs, timer?.starts], ["timeout", 30_000, "when-sent"]);
    });

    it("waits a backoff after each timeout, longer each time, at most its maximum", () => {
      const saga = storyOf();
      const delays: unknown[] = [];
      for (let attempt = 1; attempt < 5; attempt++) {
        const backoff = saga.timeout("reserve-stock").effects.find((effect) => effect.type === "timer");
        assert.deepEqual([backoff?.timer.kind, backoff?.starts, backoff?.jitter], ["backoff", "now", "full"]);
        delays.push(backoff?.afterMs);
        assert.deepEqual(saga.backoff("reserve-stock").sent, [`reserve-stock 1.${attempt + 1}`]);
      }
      assert.deepEqual(delays, [500, 1_000, 2_000, 4_000]);
    });

    it("R4: one idempotency key for all attempts of a round", () => {
      const saga = storyOf();
      const key = () => saga.effects.find((effect) => effect.type === "send")?.idempotencyKey;
      assert.equal(key(), "payment:4711/reserve-stock/forward/1");
      saga.timeout("reserve-stock").backoff("reserve-stock");
      assert.equal(key(), "payment:4711/reserve-stock/forward/1");
    });

    it("R8: a timer that fires after the state moved on does nothing, nor does one that fires twice", () => {
      const saga = storyOf().timeout("reserve-stock");
      const waiting = saga.state;
      assert.equal(saga.timeout("reserve-stock", 1).state, waiting);
      saga.backoff("reserve-stock", 1);
      const again = saga.state;
      assert.equal(saga.timeout("reserve-stock", 1).state, again);
      assert.equal(saga.backoff("reserve-stock", 1).state, again);
      assert.equal(saga.backoff("reserve-stock", 2).state, again);
      saga.succeed("reserve-stock");
      const moved = saga.state;
      assert.equal(saga.timeout("reserve-stock", 2).state, moved);
    });

    it("cancels the timers of a stage that waits no more, and all of a saga that is over", () => {
      const cancelled = ({ effects }: Story) => effects.filter(({ type }) => type === "cancel-timers");
      const ofA = { type: "cancel-timers", stage: { step: "a", direction: "forward" } };
      const definition = sagaOf(["a"], { endings: false });
      assert.deepEqual(cancelled(storyOf(definition).succeed("a")), [ofA, { type: "cancel-timers" }]);
      assert.deepEqual(cancelled(storyOf(definition).disturb("unhandled", "a")), [ofA]);
    });

    it("R3: an unknown step before the point of no return is compensated, and first", () => {
      const saga = storyOf().succeed("reserve-stock").succeed("screen-fraud").exhaust("capture-payment");
      assert.deepEqual([saga.state.status, saga.sent], ["compensating", ["~capture-payment 1.1"]]);
      assert.match(saga.state.failure!.reason, /^capture-payment gave no answer in 5 attempts$/);
      assert.deepEqual(saga.succeed("~capture-payment", {}, { noop: true }).sent, ["~reserve-stock 1.1"]);
      assert.equal(saga.course("~capture-payment")?.noop, true);
    });

    it("R3: several unknown ones in reverse order of definition, before what has succeeded", () => {
      const saga = storyOf(sagaOf(["a", ["b", "c", "d"], "P"])).succeed("a");
      saga.exhaust("b").succeed("c");
      assert.equal(saga.state.status, "running", "members all settle first");
      assert.deepEqual(saga.exhaust("d").sent, ["~d 1.1"]);
      assert.deepEqual(saga.succeed("~d").sent, ["~b 1.1"]);
      assert.deepEqual(saga.succeed("~b").sent, ["~c 1.1"]);
      assert.deepEqual(saga.succeed("~c").sent, ["~a 1.1"]);
      assert.deepEqual(saga.succeed("~a").sent, ["compensated 1.1"]);
    });

    for (const [what, steps, stage] of [
      ["R3†: a pivot without compensation", ["a", "P"], "P"],
      ["R3†: a retriable step", ["a", "r+"], "r"],
      ["R3†: an ending", ["a"], "completed"],
    ] as const) {
      it(`${what} whose attempts are used up is stuck, and nothing earlier is compensated`, () => {
        const saga = storyOf(sagaOf(steps)).succeed("a").exhaust(stage);
        assert.deepEqual([saga.stuck, saga.course(stage)?.stuck, saga.sent], [true, "unknown", []]);
        assert.equal(saga.state.status, "running");
        assert.deepEqual(saga.effects.at(-1), { type: "status", status: "running", stuck: true });
      });
    }

    it("R3†: so is a compensation, and what would come after it waits", () => {
      const saga = storyOf(sagaOf(["a", "b", "c"]))
        .succeed("a")
        .succeed("b")
        .fail("c")
        .exhaust("~b");
      assert.deepEqual([saga.state.status, saga.stuck, saga.sent], ["compensating", true, []]);
      assert.equal(saga.course("~a"), undefined);
    });
  });

  describe("replies", () => {
    it("R6: a business failure compensates what was done, each confirmed before the next, in reverse (R15)", () => {
      const saga = storyOf(sagaOf(["a", "b", "c"]))
        .succeed("a")
        .succeed("b")
        .fail("c", { reason: "too late" });
      assert.deepEqual(saga.state.failure, { step: "c", reason: "too late" });
      assert.deepEqual(saga.sent, ["~b 1.1"]);
      assert.deepEqual(saga.succeed("~b").sent, ["~a 1.1"]);
      assert.deepEqual(saga.succeed("~a").sent, ["compensated 1.1"]);
      assert.deepEqual(saga.effects.find((effect) => effect.type === "send")?.data, { reason: "too late" });
      assert.equal(saga.succeed("compensated").state.status, "compensated");
    });

    it("R15: the reverse order of completion, not of definition; members after all have settled", () => {
      const saga = storyOf(sagaOf([["a", "b", "c"], "P"]))
        .succeed("c")
        .fail("b");
      assert.equal(saga.state.status, "running");
      assert.deepEqual(saga.succeed("a").sent, ["~a 1.1"]);
      assert.deepEqual(saga.succeed("~a").sent, ["~c 1.1"]);
    });

    it("R3: a pivot's business failure always compensates, also after the point of no return", () => {
      const saga = storyOf(sagaOf(["a", "P"]))
        .succeed("a")
        .deadline()
        .fail("P");
      assert.deepEqual([saga.state.status, saga.sent], ["compensating", ["~a 1.1"]]);
    });

    it("leaves out steps that have nothing to compensate", () => {
      const saga = storyOf(sagaOf(["a", "b-", "c"]))
        .succeed("a")
        .succeed("b")
        .fail("c");
      assert.deepEqual(saga.sent, ["~a 1.1"]);
      const none = storyOf(sagaOf(["a-", "c"], { endings: false }))
        .succeed("a")
        .fail("c");
      assert.equal(none.state.status, "compensated");
    });

    for (const [what, stage] of [
      ["a retriable step", "r"],
      ["an ending", "completed"],
      ["a compensation", "~a"],
    ] as const) {
      it(`R6: a business failure of ${what} means stuck`, () => {
        const saga = storyOf(sagaOf(stage === "r" ? ["a", "r+"] : ["a", "P"])).succeed("a");
        if (stage === "completed") saga.succeed("P");
        if (stage === "~a") saga.fail("P");
        saga.fail(stage);
        assert.deepEqual([saga.stuck, saga.course(stage)?.stuck, saga.sent], [true, "failure", []]);
        assert.equal(isOver(saga.state), false);
      });
    }

    // Red when isStuck (decide.ts) asks the last course alone, or whether all of them are.
    it("R6†: a saga is stuck while any of its steps is, each in its own direction", () => {
      const saga = storyOf(sagaOf(["a", ["r+", "s+"]]))
        .succeed("a")
        .fail("r")
        .exhaust("s");
      assert.deepEqual([saga.course("r")?.stuck, saga.course("s")?.stuck, saga.stuck], ["failure", "unknown", true]);
      assert.deepEqual([saga.operator("retry", "r").succeed("r").sent, saga.stuck], [[], true]);
      assert.deepEqual([saga.succeed("s").sent, saga.stuck], [["completed 1.1"], false]);
      const back = storyOf(sagaOf(["a", "b"]))
        .succeed("a")
        .fail("b")
        .exhaust("~a");
      assert.deepEqual([back.course("a")?.stuck, back.course("~a")?.stuck, back.stuck], [undefined, "unknown", true]);
    });

    it("R6: a stuck ending is never compensated, not even by the deadline", () => {
      const saga = storyOf(sagaOf(["a"]))
        .succeed("a")
        .exhaust("completed")
        .deadline();
      assert.deepEqual([saga.state.status, saga.stuck, saga.sent], ["running", true, []]);
    });

    it("R7: a success of any attempt and round settles the step; a failure only one of the current round", () => {
      const saga = storyOf(sagaOf(["a", "r+"]))
        .succeed("a")
        .fail("r")
        .operator("retry", "r");
      assert.deepEqual(saga.sent, ["r 2.1"]);
      const waiting = saga.state;
      assert.equal(saga.fail("r", {}, { round: 1 }).state, waiting);
      assert.equal(saga.succeed("r", {}, { round: 1 }).course("r")?.status, "succeeded");
    });

    it("R7: the same reply again is ignored and counted, and so is one after the end", () => {
      const saga = storyOf(sagaOf(["a", "b"])).succeed("a");
      const once = saga.state;
      assert.equal(saga.succeed("a").state, once);
      assert.deepEqual(saga.effects, [
        {
          type: "log",
          entry: {
            what: "late-reply-ignored",
            step: "a",
            direction: "forward",
            detail: { round: 1, outcome: "success" },
          },
        },
      ]);
      const over = storyOf(sagaOf(["a"], { endings: false })).succeed("a");
      const end = over.state;
      assert.equal(over.fail("a").state, end);
      assert.equal(over.deadline().state, end);
      assert.equal(over.disturb("parked", "a").state, end);
    });

    it("R7: a reply settles its own direction only, and nothing before its intent", () => {
      const saga = storyOf(sagaOf(["a", "b"]));
      const { state } = saga;
      assert.equal(saga.succeed("~a").state, state);
      assert.equal(saga.succeed("b").state, state);
      assert.equal(saga.succeed("no-such-step").state, state);
    });

    it("R7, R12†: a late success releases a step that is stuck, in that same direction", () => {
      const saga = storyOf(sagaOf(["a", "P", "r+"]))
        .succeed("a")
        .exhaust("P");
      assert.deepEqual(saga.succeed("P").sent, ["r 1.1"]);
      assert.equal(saga.stuck, false);
      const back = storyOf(sagaOf(["a", "b"]))
        .succeed("a")
        .fail("b")
        .exhaust("~a");
      assert.deepEqual(back.succeed("~a").sent, ["compensated 1.1"]);
    });

    it("R12: a late success never moves a compensating saga forward", () => {
      const saga = storyOf(sagaOf(["a", "b", "c"]))
        .succeed("a")
        .exhaust("b");
      assert.equal(saga.state.status, "compensating");
      const { state } = saga;
      assert.equal(saga.succeed("b").state, state);
    });

    it("R18: a reply that cannot be handled makes the step stuck; the next one that can releases it", () => {
      const saga = storyOf(sagaOf(["a", "b"])).disturb("unhandled", "a");
      assert.deepEqual([saga.course("a")?.stuck, saga.stuck], ["unhandled", true]);
      const { state } = saga;
      assert.equal(saga.timeout("a", 1).state, state, "asking again would bring the same reply");
      assert.deepEqual(saga.succeed("a").sent, ["b 1.1"]);
      assert.equal(saga.disturb("unhandled", "a").stuck, false);
    });

    it("R18, R16: a deadline begins compensation all the same", () => {
      const saga = storyOf(sagaOf(["a", "P"]))
        .disturb("unhandled", "a")
        .deadline();
      assert.deepEqual([saga.sent, saga.stuck], [["~a 1.1"], false]);
    });
  });

  describe("parked rows", () => {
    it("R13†: a step is stuck as long as its row is parked", () => {
      const saga = storyOf().disturb("parked", "reserve-stock");
      assert.deepEqual(saga.effects.at(-1), { type: "status", status: "running", stuck: true });
      assert.equal(saga.disturb("unparked", "reserve-stock").stuck, false);
      assert.deepEqual(saga.succeed("reserve-stock").sent, ["screen-fraud 1.1"]);
    });

    it("R13†: retry there gives the row back to the relay", () => {
      const saga = storyOf().disturb("parked", "reserve-stock").operator("retry", "reserve-stock");
      const stage = { step: "reserve-stock", direction: "forward" };
      assert.deepEqual(
        saga.effects.find(({ type }) => type === "unpark"),
        { type: "unpark", stage },
      );
      assert.deepEqual([saga.sent, saga.stuck], [[], false]);
    });

    it("R13†: a deadline before the point of no return begins compensation all the same", () => {
      const saga = storyOf().disturb("parked", "reserve-stock").deadline();
      assert.deepEqual([saga.state.status, saga.sent, saga.stuck], ["compensating", ["~reserve-stock 1.1"], false]);
      assert.equal(saga.disturb("parked", "~reserve-stock").stuck, true, "its row waits behind the parked one");
    });

    it("what holds beside it holds again when the row goes on", () => {
      const saga = storyOf(sagaOf(["a", "P"]))
        .succeed("a")
        .disturb("unhandled", "P")
        .disturb("parked", "P");
      assert.deepEqual(saga.disturb("unparked", "P").course("P")?.stuck, "unhandled");
    });
  });

  describe("the deadline and the point of no return", () => {
    it("R16: before the point every unsettled step is unknown at once, members of a group too", () => {
      const saga = storyOf(sagaOf(["a", ["b", "c"], "P"]))
        .succeed("a")
        .deadline();
      assert.deepEqual(saga.sent, ["~c 1.1"]);
      assert.deepEqual([saga.course("b")?.status, saga.course("c")?.status], ["unknown", "unknown"]);
      assert.match(saga.state.failure!.reason, /gave no answer by the saga's deadline/);
    });

    for (const [what, steps, before, after] of [
      ["the intent of a pivot that has no compensation", ["a", "P"], [], ["a"]],
      ["the recorded success of a pivot that has one", ["a", "P~", "r+"], ["a"], ["a", "P"]],
      ["the first retriable step's intent without a pivot", ["a", "r+"], [], ["a"]],
      ["†the intent of `completed` without either", ["a", "b"], ["a"], ["a", "b"]],
    ] as const) {
      it(`R16: the point is ${what}`, () => {
        const early = storyOf(sagaOf(steps));
        for (const step of before) early.succeed(step);
        assert.equal(early.deadline().state.status, "compensating");
        const late = storyOf(sagaOf(steps));
        for (const step of after) late.succeed(step);
        assert.deepEqual([late.deadline().state.status, late.sent], ["running", []]);
        assert.equal(late.state.deadlinePassed, true);
      });
    }

    it("R16†: and the last step's success where there is no `completed` either", () => {
      const saga = storyOf(sagaOf(["a", "b"], { endings: false })).succeed("a");
      assert.equal(saga.deadline().state.status, "compensating");
    });

    it("R16: during compensation a deadline changes nothing", () => {
      const saga = storyOf(sagaOf(["a", "b"]))
        .succeed("a")
        .fail("b");
      const { state } = saga;
      assert.equal(saga.deadline().state, state);
      assert.deepEqual(saga.effects, []);
    });

    it("R16: it does not decide what a business failure does", () => {
      assert.equal(
        storyOf(sagaOf(["P"]))
          .deadline()
          .fail("P").state.status,
        "compensating",
      );
    });
  });
});
