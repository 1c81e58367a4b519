import assert from "node:assert/strict";
import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import { looksLikePath, parsePath, readInput } from "../../../../templates/runtime/src/saga/path.ts";
import type { SagaSource } from "../../../../templates/runtime/src/saga/source.ts";
import { payment, paymentSource } from "./payment.ts";

const { retry: _retry, timeout: _timeout, compensated: _compensated, ...bare } = paymentSource;
const plain: SagaSource = {
  ...bare,
  steps: [{ id: "a", command: "s.A", success: "s.ADone", timeout: "1s", compensation: "none", reason: "reads" }],
  completed: { command: "s.C", success: "s.CDone", timeout: "2s", retry: { attempts: 2 } },
};

describe("compiling a saga file", () => {
  it("fills in every default of the payment saga", () => {
    const [reserve, screen, capture] = payment.groups.flat();
    const retry = { attempts: 5, initialMs: 500, multiplier: 2, maxMs: 30_000, jitter: "full" };
    assert.deepEqual(payment.key, ["orderId"]);
    assert.equal(payment.deadlineMs, 900_000);
    assert.equal(payment.service, "orders");
    assert.deepEqual([reserve!.kind, reserve!.timeoutMs, reserve!.retry], ["compensatable", 30_000, retry]);
    assert.deepEqual(reserve!.input.lines, { path: { from: "trigger", at: ["lines"] } });
    assert.deepEqual([screen!.timeoutMs, screen!.compensation], [10_000, undefined]);
    assert.equal(capture!.compensation?.command, "payments.RefundPayment");
    assert.deepEqual(payment.compensated?.input.reason, { path: { from: "failure" } });
  });

  it("has retries without any `retry`, and fills in what one leaves out", () => {
    const { groups, completed } = compileSaga(plain, "s");
    assert.deepEqual(groups[0]![0]!.retry, {
      attempts: 5,
      initialMs: 500,
      multiplier: 2,
      maxMs: 30_000,
      jitter: "full",
    });
    assert.deepEqual(completed?.retry, { attempts: 2, initialMs: 500, multiplier: 2, maxMs: 30_000, jitter: "full" });
  });

  it("gives a compensation its own timeout and retries or the saga's, never its step's", () => {
    const compensation = { command: "s.B", success: "s.BDone" };
    const step = { id: "a", command: "s.A", success: "s.ADone", timeout: "1s", retry: { attempts: 9 }, compensation };
    const [compiled] = compileSaga({ ...plain, timeout: "7s", steps: [step] }, "s").groups[0]!;
    assert.deepEqual([compiled!.timeoutMs, compiled!.retry.attempts], [1_000, 9]);
    assert.deepEqual([compiled!.compensation?.timeoutMs, compiled!.compensation?.retry.attempts], [7_000, 5]);
  });

  it("keeps parallel members together, and `on` of a choreography", () => {
    const member = (id: string) => ({ id, command: "s.A", success: "s.ADone", timeout: "1s", on: "s.Begun" });
    const { groups } = compileSaga({ ...plain, steps: [{ parallel: [member("a"), member("b")] }, member("c")] }, "s");
    assert.deepEqual(
      groups.map((group) => group.map(({ id, on }) => [id, on])),
      [
        [
          ["a", "s.Begun"],
          ["b", "s.Begun"],
        ],
        [["c", "s.Begun"]],
      ],
    );
  });

  it("is frozen through and through, and leaves its source as it was", () => {
    const input = { box: { sizes: [1, 2] } };
    const definition = compileSaga(
      { ...plain, steps: [{ ...plain.steps[0]!, input } as SagaSource["steps"][number]] },
      "s",
    );
    const literal = definition.groups[0]![0]!.input.box as { literal: { sizes: number[] } };
    assert.throws(() => literal.literal.sizes.push(3), TypeError);
    input.box.sizes.push(3);
    assert.deepEqual(literal, { literal: { sizes: [1, 2] } });
  });

  for (const [source, says] of [
    [{ ...plain, deadline: "soon" }, /^deadline: "soon" is no duration/],
    [{ ...plain, deadline: "0s" }, /^deadline: /],
    [{ ...plain, key: "$.saga.id" }, /^key: "\$\.saga\.id" is no field of the trigger/],
    [{ ...plain, steps: [{ id: "a", command: "s.A", success: "s.B" }] }, /^steps\.a\.timeout: there is none/],
    [{ ...plain, retry: { attempts: 1, max: "x" } }, /^retry\.max: "x"/],
    [
      { ...plain, completed: { ...plain.completed!, input: { y: { deep: ["$.triger.x"] } } } },
      /^completed\.input\.y: "\$\.triger\.x" is no path/,
    ],
  ] as const) {
    it(`names the key that cannot be read: ${says.source}`, () => {
      assert.throws(() => compileSaga(source, "s"), { message: says });
    });
  }
});

describe("paths", () => {
  for (const [text, path] of [
    ["$.trigger.x.y", { from: "trigger", at: ["x", "y"] }],
    ["$.steps.reserve-stock.x", { from: "step", step: "reserve-stock", at: ["x"] }],
    ["$.saga.id", { from: "id" }],
    ["$.failure.reason", { from: "failure" }],
    ["$.on.x", { from: "on", at: ["x"] }],
    ["$.trigger", undefined],
    ["$.steps.reserve-stock", undefined],
    ["$.saga.name", undefined],
    ["$.trigger.", undefined],
    ["$.trigger.a b", undefined],
    ["trigger.x", undefined],
    ["", undefined],
  ] as const) {
    it(`${text || "nothing"} is ${path === undefined ? "none" : "one"}`, () => {
      assert.deepEqual(parsePath(text), path);
    });
  }

  it("tells what was meant as a path from a price", () => {
    assert.deepEqual(["$.triger.x", "$.50", "a $.b"].map(looksLikePath), [true, false, false]);
  });

  it("finds one that was misspelt within a literal", () => {
    assert.deepEqual(readInput({ to: [{ text: "$.triger.x" }] }), { unreadable: "$.triger.x" });
    assert.deepEqual(readInput({ to: "$.trigger.x" }), { unreadable: "$.trigger.x" });
    assert.deepEqual(readInput({ price: "$.50" }), { literal: { price: "$.50" } });
  });
});
