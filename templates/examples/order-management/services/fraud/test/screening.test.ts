import { describe, it } from "node:test";
import { given } from "eda-runtime/testing";
import { decider } from "../src/domain/screening.ts";
import { samples } from "../src/generated/samples.ts";

const payment = samples.ScreenPayment;
const { orderId } = payment;

describe("Screening", () => {
  it("clears the payment of a customer who is not listed", () => {
    given(decider, [])
      .when({ type: "ScreenPayment", data: { ...payment, listed: false } })
      .then([{ type: "PaymentCleared", data: { orderId } }]);
  });

  it("blocks the payment of one who is", () => {
    given(decider, [])
      .when({ type: "ScreenPayment", data: { ...payment, listed: true } })
      .thenTypes("PaymentBlocked");
  });
});
