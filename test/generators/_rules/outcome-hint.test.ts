import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Example } from "../../../generators/_rules/rule.ts";
import { aloneExample, sagaExample } from "../../../generators/_rules/saga-example.ts";
import { findingsOf } from "./checking.ts";

const success = "    success: payments.PaymentCaptured\n";
const failure = "    failure: payments.PaymentDeclined\n";

function hints(example: Example): readonly string[] {
  return findingsOf(example).map(({ rule, hint }) => `${rule} ${hint}`);
}

// Red with the one example for every event that the schema has, orders.OrderPlaced, which starts this very saga.
describe("The hint for an outcome", () => {
  for (const [what, from, to, hint] of [
    ["that is missing", success, "", "EDA-S01 Write success: payments.PaymentCaptured"],
    [
      "without its service",
      success,
      "    success: PaymentCaptured\n",
      "EDA-S01 Write success: payments.PaymentCaptured",
    ],
    ["that is empty", failure, "    failure:\n", "EDA-S01 Write failure: payments.PaymentDeclined"],
    [
      "of a compensation",
      "      success: payments.PaymentRefunded\n",
      "",
      "EDA-S01 Write success: payments.PaymentRefunded",
    ],
    ["of an ending", "  success: orders.OrderConfirmed\n", "", "EDA-S01 Write success: orders.OrderConfirmed"],
    [
      "that does not exist",
      success,
      "    success: payments.PaymentDone\n",
      "EDA-S06 Did you mean payments.PaymentCaptured? Else add PaymentDone under services.payments.events",
    ],
    [
      "that another service does not have",
      success,
      "    success: orders.PaymentDone\n",
      "EDA-S06 Add PaymentDone under services.orders.events in eda.yaml",
    ],
  ] as const) {
    it(`${what} says what to write`, () => assert.deepEqual(hints(sagaExample(from, to)), [hint]));
  }

  it("names both events where either may be meant", () =>
    assert.deepEqual(hints(sagaExample(success + failure, "")), [
      "EDA-S01 Write success: payments.PaymentCaptured or payments.PaymentDeclined, the one that says that it is done",
    ]));

  it("names the service where no manifest says what the command emits", () =>
    assert.deepEqual(hints(aloneExample(success, "")), [
      "EDA-S01 Write success: payments.Event, the event of payments that says that it is done",
    ]));
});
