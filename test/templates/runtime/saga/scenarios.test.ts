import assert from "node:assert/strict";
import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import { decide } from "../../../../templates/runtime/src/saga/decide.ts";
import { definitionHash } from "../../../../templates/runtime/src/saga/hash.ts";
import { viewOf } from "../../../../templates/runtime/src/saga/view.ts";
import { payment, paymentSource, paymentTrigger } from "./payment.ts";
import { type Story, storyOf } from "./story.ts";

/** Confirms what is asked in the order in which it is asked, and gives that order. */
function rest(saga: Story): readonly string[] {
  const asked: string[] = [];
  while (saga.sent.length > 0) {
    const [stage] = saga.sent[0]!.split(" ");
    asked.push(stage!);
    saga.succeed(stage!);
  }
  return asked;
}

describe("the twelve classic scenarios of the payment saga", () => {
  it("1. the first step fails: nothing to undo, the order is cancelled", () => {
    const saga = storyOf().fail("reserve-stock", { reason: "sold out" });
    assert.deepEqual(rest(saga), ["compensated"]);
    assert.equal(saga.state.status, "compensated");
  });

  it("2. the second fails: the stock is released, then the order cancelled", () => {
    const saga = storyOf().succeed("reserve-stock").fail("screen-fraud");
    assert.deepEqual(rest(saga), ["~reserve-stock", "compensated"]);
  });

  it("3. the pivot fails: so it is, and nothing is refunded", () => {
    const saga = storyOf().succeed("reserve-stock").succeed("screen-fraud").fail("capture-payment");
    assert.deepEqual(rest(saga), ["~reserve-stock", "compensated"]);
  });

  it("4. the ending fails: stuck, the money stays taken, nothing is undone", () => {
    const saga = storyOf()
      .succeed("reserve-stock")
      .succeed("screen-fraud")
      .succeed("capture-payment")
      .fail("completed");
    assert.deepEqual([saga.sent, saga.stuck, saga.state.status], [[], true, "running"]);
  });

  it("5. a compensation is retried: the same key, so that it does not undo twice", () => {
    const saga = storyOf().succeed("reserve-stock").fail("screen-fraud");
    const key = () => saga.effects.find((effect) => effect.type === "send")?.idempotencyKey;
    const first = key();
    saga.timeout("~reserve-stock").backoff("~reserve-stock");
    assert.deepEqual([saga.sent, key()], [["~reserve-stock 1.2"], first]);
    assert.deepEqual(saga.succeed("~reserve-stock").sent, ["compensated 1.1"]);
    assert.deepEqual(saga.succeed("~reserve-stock").sent, [], "the reply of the other attempt");
  });

  it("6. a compensation finally fails: stuck, visible, named", () => {
    const saga = storyOf().succeed("reserve-stock").fail("screen-fraud").exhaust("~reserve-stock");
    assert.equal(saga.stuck, true);
    const [stuck] = viewOf(payment, saga.state).stuck;
    assert.deepEqual([stuck?.step, stuck?.direction, stuck?.reason], ["reserve-stock", "compensation", "unknown"]);
    assert.ok(saga.effects.some((effect) => effect.type === "log" && effect.entry.what === "stuck"));
  });

  it("7. the worker is killed in the middle of compensation: the same step again, to the byte", () => {
    const saga = storyOf().succeed("reserve-stock").fail("screen-fraud");
    const reply = {
      type: "reply",
      step: "reserve-stock",
      direction: "compensation",
      round: 1,
      outcome: "success",
      data: {},
    } as const;
    const lost = decide(payment, saga.state, reply);
    assert.deepEqual(decide(payment, saga.state, reply), lost);
    assert.deepEqual(saga.give(reply).sent, ["compensated 1.1"]);
  });

  it("8. the deadline passes before the pivot has succeeded: it is refunded first, whatever came of it", () => {
    const saga = storyOf().succeed("reserve-stock").succeed("screen-fraud").deadline();
    assert.deepEqual(rest(saga), ["~capture-payment", "~reserve-stock", "compensated"]);
  });

  it("9. the deadline passes after the pivot: only forward", () => {
    const saga = storyOf().succeed("reserve-stock").succeed("screen-fraud").succeed("capture-payment").deadline();
    assert.deepEqual([saga.sent, saga.state.status], [[], "running"]);
    assert.equal(saga.succeed("completed").state.status, "completed");
  });

  it("10. a success comes after the timeouts: what was captured is refunded, the saga stays compensating", () => {
    const saga = storyOf().succeed("reserve-stock").succeed("screen-fraud").exhaust("capture-payment");
    saga.succeed("capture-payment");
    assert.deepEqual([saga.sent, saga.state.status], [[], "compensating"]);
    assert.deepEqual(saga.succeed("~capture-payment").sent, ["~reserve-stock 1.1"]);
  });

  it("11. the trigger comes twice: one saga", () => {
    const saga = storyOf();
    assert.deepEqual(saga.give({ type: "triggered", id: "payment:4711", data: paymentTrigger }).effects, []);
  });

  it("12. the definition is edited while an instance is under way: that one ends as it began", () => {
    const [reserve, ...others] = paymentSource.steps;
    const gift = { ...reserve!, id: "wrap-gift" };
    const edited = compileSaga({ ...paymentSource, version: 2, steps: [reserve!, gift, ...others] }, "orders");
    assert.notEqual(definitionHash(edited), definitionHash(payment));
    assert.deepEqual(storyOf(payment).succeed("reserve-stock").sent, ["screen-fraud 1.1"]);
    assert.deepEqual(storyOf(edited).succeed("reserve-stock").sent, ["wrap-gift 1.1"]);
  });
});
