import { describe, it } from "node:test";
import { given } from "eda-runtime/testing";
import { decider } from "../src/domain/payment.ts";
import { samples } from "../src/generated/samples.ts";

const command = samples.AuthorisePayment;
const { orderId, amount } = command;
const authorised = { type: "PaymentAuthorised", data: { orderId, amount } } as const;
const voided = { type: "PaymentVoided", data: { orderId } } as const;

describe("Payment", () => {
  it("is authorised up to the limit", () => {
    given(decider, []).when({ type: "AuthorisePayment", data: command }).then([authorised]);
  });

  it("is declined above the limit", () => {
    const large = { ...command, amount: { amount: 100_001, currency: "EUR" } };
    given(decider, []).when({ type: "AuthorisePayment", data: large }).thenTypes("PaymentDeclined");
  });

  it("is authorised once", () => {
    given(decider, [authorised]).when({ type: "AuthorisePayment", data: command }).then([]);
  });

  it("is voided where it was authorised, and once", () => {
    given(decider, [authorised]).when({ type: "VoidPayment", data: { orderId } }).then([voided]);
    given(decider, [authorised, voided]).when({ type: "VoidPayment", data: { orderId } }).then([]);
  });
});
