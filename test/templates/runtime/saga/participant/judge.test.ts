import assert from "node:assert/strict";
import fc from "fast-check";
import { judge, settled } from "../../../../../templates/runtime/src/saga/participant/judge.ts";
import type { ParticipantRow } from "../../../../../templates/runtime/src/saga/participant/row.ts";
import type { SagaTask } from "../../../../../templates/runtime/src/saga/participant/task.ts";

const untouched: ParticipantRow = {
  sagaId: "buying:1",
  step: "reserve",
  forwardRound: null,
  forwardOutcome: null,
  forwardReply: null,
  forwardKey: null,
  called: false,
  forwardLimitMs: null,
  callLeftMs: 0,
  forwardRefused: false,
  compensationRound: null,
  compensationOutcome: null,
  compensationReply: null,
  compensationTask: null,
  compensationAgain: false,
  compensationRefused: false,
};

const arrival = fc.record({
  direction: fc.constantFrom<SagaTask["direction"]>("forward", "forward", "compensation"),
  round: fc.integer({ min: 1, max: 3 }),
  purpose: fc.constantFrom<SagaTask["purpose"]>("do", "do", "do", "tombstone"),
  /** What its handler would say. */
  outcome: fc.constantFrom<"success" | "failure">("success", "failure"),
});

function task({ direction, round, purpose }: Pick<SagaTask, "direction" | "round" | "purpose">): SagaTask {
  return {
    saga: "buying",
    sagaId: "buying:1",
    step: "reserve",
    direction,
    round,
    attempt: 1,
    purpose,
    command: direction === "forward" ? "ReserveStock" : "ReleaseStock",
    data: {},
    success: direction === "forward" ? "shop.StockReserved" : "shop.StockReleased",
    failure: direction === "forward" ? "shop.StockRejected" : "shop.StockKept",
    idempotencyKey: `buying:1/reserve/${direction}/${round}`,
    time: "2026-01-01T00:00:00.000Z",
    cause: { correlationid: "c" },
    replies: "all",
  };
}

describe("what a step's row says about commands in any order, any number and any round", () => {
  it("keeps R5: done once, undone once and only if done, never done once the compensation has begun", () => {
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 12 }), (arrivals) => {
        let row = untouched;
        let begun = false;
        const done: string[] = [];
        const answers: string[] = [];
        for (const each of arrivals) {
          const asked = task(each);
          const verdict = judge(row, asked);
          const isForward = each.direction === "forward";
          if (verdict.be === "done") {
            assert.equal(each.purpose, "do");
            if (isForward) assert.ok(!begun, "a forward was done after its compensation had begun");
            else assert.ok(done.includes("forward success"), "what was never done was undone");
            assert.ok(!done.includes(`${each.direction} success`), "it was done twice");
            done.push(`${each.direction} ${each.outcome}`);
            const reply = { type: asked.success, data: {} };
            row = settled(verdict.row, asked, each.outcome, reply);
          } else row = verdict.row;
          if (verdict.be === "answered") {
            const { outcome, round, noop } = verdict.answer;
            answers.push(`${each.direction} ${outcome}`);
            if (noop === true) assert.ok(!isForward && !done.includes("forward success"));
            else if (outcome === "success") assert.ok(done.includes(`${each.direction} success`));
            // R7: an orchestrator takes a failure, and a refusal, only of the round that it is in.
            if (outcome === "refused") assert.equal(round, each.round);
          }
          if (verdict.be === "refused") assert.ok(begun || answers.some((answer) => answer.startsWith(each.direction)));
          if (!isForward) begun = true;
        }
        return true;
      }),
      { numRuns: 2_000 },
    );
  });

  it("always answers a compensation that was not skipped, and in the end with a success", () => {
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 12 }), (arrivals) => {
        let row = untouched;
        for (const each of arrivals.filter(({ direction }) => direction === "forward")) {
          const verdict = judge(row, task(each));
          row =
            verdict.be === "done"
              ? settled(verdict.row, task(each), each.outcome, { type: "x", data: {} })
              : verdict.row;
        }
        const undo = task({ direction: "compensation", round: 1, purpose: "do" });
        const verdict = judge(row, undo);
        assert.equal(verdict.be, row.forwardOutcome === "success" ? "done" : "answered");
        const undone =
          verdict.be === "done" ? settled(verdict.row, undo, "success", { type: "y", data: {} }) : verdict.row;
        const again = judge(undone, undo);
        assert.ok(again.be === "answered" && again.answer.outcome === "success");
      }),
      { numRuns: 500 },
    );
  });
});
