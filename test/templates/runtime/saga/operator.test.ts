import assert from "node:assert/strict";
import { VerbRefusedError } from "../../../../templates/runtime/src/saga/errors.ts";
import { type Story, storyOf } from "./story.ts";
import { sagaOf } from "./variants.ts";

const pivotStuck = () =>
  storyOf(sagaOf(["a", "P", "r+"]))
    .succeed("a")
    .exhaust("P");
const retriableStuck = () =>
  storyOf(sagaOf(["a", "P", "r+", "t+"]))
    .succeed("a")
    .succeed("P")
    .fail("r");
const compensationStuck = () =>
  storyOf(sagaOf(["a", "b", "c"]))
    .succeed("a")
    .succeed("b")
    .fail("c")
    .fail("~b");

type Verb = Parameters<Story["operator"]>[0];

function refused(saga: Story, verb: Verb, stage: string, why: RegExp): void {
  const { state } = saga;
  assert.throws(
    () => saga.operator(verb, stage),
    (error) => error instanceof VerbRefusedError && why.test(error.message),
  );
  assert.equal(saga.state, state);
}

describe("the operator's verbs", () => {
  describe("retry", () => {
    it("sends after unknown the same round again, with its attempts anew, and no timer twice", () => {
      const saga = pivotStuck().operator("retry", "P");
      assert.deepEqual([saga.sent, saga.stuck], [["P 1.4"], false]);
      assert.equal(saga.effects.find((effect) => effect.type === "send")?.idempotencyKey, "variant:4711/P/forward/1");
      saga.timeout("P").backoff("P");
      assert.deepEqual(saga.sent, ["P 1.5"]);
      assert.equal(saga.exhaust("P").course("P")?.attempt, 6);
      assert.equal(saga.stuck, true);
    });

    it("sends after a recorded failure the next round", () => {
      const saga = retriableStuck().operator("retry", "r");
      assert.deepEqual([saga.sent, saga.stuck], [["r 2.1"], false]);
      assert.deepEqual(saga.succeed("r").sent, ["t 1.1"]);
    });

    it("after a refusal whose reply comes late: the older round's failure changes nothing", () => {
      const saga = retriableStuck().operator("retry", "r");
      const { state } = saga;
      assert.equal(saga.fail("r", {}, { round: 1 }).state, state);
      assert.equal(saga.fail("r", {}, { round: 2 }).course("r")?.stuck, "failure");
    });

    it("after an unhandled reply the same round, so that the participant sends it again", () => {
      assert.deepEqual(
        storyOf(sagaOf(["P"]))
          .disturb("unhandled", "P")
          .operator("retry", "P").sent,
        ["P 1.2"],
      );
    });

    it("is refused where nothing is stuck", () => {
      refused(storyOf(), "retry", "reserve-stock", /^reserve-stock is not stuck/);
      refused(storyOf(), "retry", "screen-fraud", /^screen-fraud has not begun/);
      refused(storyOf().succeed("reserve-stock"), "retry", "reserve-stock", /has settled already: succeeded/);
    });
  });

  describe("skip", () => {
    it("leaves a tombstone at the participant, and goes on once that answers refused: with exceptions", () => {
      const saga = retriableStuck().operator("skip", "r");
      assert.deepEqual([saga.sent, saga.stuck], [["tombstone r 1.2"], false]);
      assert.deepEqual(saga.refuse("r").sent, ["t 1.1"]);
      assert.equal(saga.succeed("t").succeed("completed").state.status, "completed-with-exceptions");
    });

    it("records a success that is found there instead", () => {
      const saga = retriableStuck().operator("skip", "r").succeed("r").succeed("t").succeed("completed");
      assert.equal(saga.state.status, "completed");
    });

    it("goes on as well when the participant tells of its business failure", () => {
      assert.deepEqual(retriableStuck().operator("skip", "r").fail("r").sent, ["t 1.1"]);
    });

    it("skips a compensation, and an ending: compensated with exceptions", () => {
      const saga = compensationStuck().operator("skip", "~b");
      assert.deepEqual(saga.sent, ["tombstone ~b 1.2"]);
      assert.deepEqual(saga.refuse("~b").sent, ["~a 1.1"]);
      saga.succeed("~a").exhaust("compensated").operator("skip", "compensated").refuse("compensated");
      assert.equal(saga.state.status, "compensated-with-exceptions");
    });

    it("sends its tombstone again when the answer is lost; a retry takes the question back", () => {
      const saga = retriableStuck().operator("skip", "r").timeout("r").backoff("r");
      assert.deepEqual(saga.sent, ["tombstone r 1.3"]);
      assert.equal(saga.timeout("r").course("r")?.stuck, "unknown");
      assert.deepEqual(saga.operator("skip", "r").sent, ["tombstone r 1.4"]);
      saga.exhaust("r").operator("retry", "r");
      assert.deepEqual(saga.sent, ["r 1.7"]);
      const waiting = saga.state;
      assert.equal(saga.refuse("r").state, waiting);
    });

    it("is refused before the point of no return, and for the pivot, which is that point", () => {
      refused(storyOf(), "skip", "reserve-stock", /cannot be skipped: it does not come after the point of no return/);
      refused(pivotStuck(), "skip", "P", /cannot be skipped/);
    });

    it("is refused where a later input reads the step's answer", () => {
      const inputs = { t: { x: "$.steps.r.x" } };
      const saga = storyOf(sagaOf(["r+", "t+"], { inputs })).exhaust("r");
      refused(saga, "skip", "r", /^r cannot be skipped: t needs its answer/);
      const ending = storyOf(sagaOf(["r+"], { inputs: { completed: { x: "$.steps.r.x" } } })).exhaust("r");
      refused(ending, "skip", "r", /completed needs its answer/);
    });

    it("is refused while the participant has been asked already", () => {
      refused(retriableStuck().operator("skip", "r"), "skip", "r", /has been asked already/);
    });
  });

  describe("complete", () => {
    it("settles a stuck step as a success with the data given, and the saga goes on", () => {
      const inputs = { r: { x: "$.steps.P.x" } };
      const saga = storyOf(sagaOf(["a", "P", "r+"], { inputs }))
        .succeed("a")
        .exhaust("P");
      saga.operator("complete", "P", { x: 5 });
      assert.deepEqual(saga.effects.find((effect) => effect.type === "send")?.data, { x: 5 });
      assert.equal(saga.course("P")?.status, "succeeded");
    });

    it("settles a compensation, and what was completed by hand is no exception", () => {
      const saga = compensationStuck().operator("complete", "~b");
      assert.deepEqual(saga.sent, ["~a 1.1"]);
      assert.equal(saga.succeed("~a").succeed("compensated").state.status, "compensated");
    });

    it("never ends a saga by itself: what comes after the step still runs", () => {
      const saga = storyOf(sagaOf(["r+"]))
        .fail("r")
        .operator("complete", "r");
      assert.deepEqual([saga.state.status, saga.sent], ["running", ["completed 1.1"]]);
    });

    it("completes a step whose command is parked, and is refused where nothing is stuck", () => {
      assert.deepEqual(storyOf().disturb("parked", "reserve-stock").operator("complete", "reserve-stock").sent, [
        "screen-fraud 1.1",
      ]);
      refused(storyOf(), "complete", "reserve-stock", /is not stuck/);
    });
  });

  describe("fail", () => {
    it("begins compensation only when the participant answers refused", () => {
      const saga = pivotStuck().operator("fail", "P");
      assert.deepEqual([saga.sent, saga.state.status, saga.stuck], [["tombstone P 1.4"], "running", false]);
      assert.deepEqual(saga.refuse("P").sent, ["~a 1.1"]);
      assert.deepEqual(saga.state.failure, { step: "P", reason: "an operator gave up on P" });
      assert.equal(saga.succeed("~a").succeed("compensated").state.status, "compensated");
    });

    it("moves forward where a success is found", () => {
      assert.deepEqual(pivotStuck().operator("fail", "P").succeed("P").sent, ["r 1.1"]);
    });

    it("after a lost success, a retry captures once: the stored reply of the same round settles it", () => {
      assert.deepEqual(pivotStuck().operator("retry", "P").succeed("P").sent, ["r 1.1"]);
    });

    it("is refused for anything but a stuck pivot", () => {
      refused(storyOf(sagaOf(["P"])), "fail", "P", /^P is not stuck/);
      refused(retriableStuck(), "fail", "r", /^r cannot be failed: it is not the pivot/);
      refused(compensationStuck(), "fail", "~b", /^the compensation of b cannot be failed/);
    });
  });

  it("are refused for what the saga does not have, and after its end", () => {
    refused(storyOf(), "retry", "no-such-step", /^The saga payment does not have no-such-step$/);
    refused(storyOf(), "retry", "~screen-fraud", /does not have the compensation of screen-fraud/);
    const over = storyOf(sagaOf(["a"], { endings: false })).succeed("a");
    refused(over, "retry", "a", /^variant:4711 is over: it is completed$/);
  });

  it("takes a refusal only for an answer to what was asked, in its round", () => {
    const saga = pivotStuck();
    const { state } = saga;
    assert.equal(saga.refuse("P").state, state);
  });
});
