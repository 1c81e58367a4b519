import { describe, it } from "node:test";
import { given } from "eda-runtime/testing";
import { decider } from "../src/domain/payment.ts";
import { samples } from "../src/generated/samples.ts";

const command = samples.CapturePayment;
const { orderId, total } = command;
const captured = { type: "PaymentCaptured", data: { orderId, total } } as const;
const refunded = { type: "PaymentRefunded", data: { orderId, total } } as const;

describe("Payment", () => {
  it("is captured up to the limit, and once", () => {
    given(decider, []).when({ type: "CapturePayment", data: command }).then([captured]);
    given(decider, [captured]).when({ type: "CapturePayment", data: command }).then([]);
  });

  it("is declined above the limit", () => {
    const large = { orderId, total: { amount: 100_001, currency: "EUR" } };
    given(decider, []).when({ type: "CapturePayment", data: large }).thenTypes("PaymentDeclined");
  });

  it("is refunded in full, and once", () => {
    given(decider, [captured]).when({ type: "RefundPayment", data: { orderId } }).then([refunded]);
    given(decider, [captured, refunded]).when({ type: "RefundPayment", data: { orderId } }).then([]);
  });
});
