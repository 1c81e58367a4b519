import { describe, it } from "node:test";
import { given } from "eda-runtime/testing";
import { decider } from "../src/domain/order.ts";
import { samples } from "../src/generated/samples.ts";

const order = samples.PlaceOrder;
const { orderId } = order;
const placed = { type: "OrderPlaced", data: order } as const;
const confirmed = { type: "OrderConfirmed", data: { orderId } } as const;
const cancelled = { type: "OrderCancelled", data: { orderId, reason: "declined" } } as const;

describe("Order", () => {
  it("is placed once", () => {
    given(decider, []).when({ type: "PlaceOrder", data: order }).then([placed]);
    given(decider, [placed]).when({ type: "PlaceOrder", data: order }).then([]);
  });

  it("is confirmed, or cancelled with the reason", () => {
    given(decider, [placed]).when({ type: "ConfirmOrder", data: { orderId } }).then([confirmed]);
    given(decider, [placed]).when({ type: "CancelOrder", data: cancelled.data }).then([cancelled]);
  });

  it("is never both", () => {
    given(decider, [placed, cancelled]).when({ type: "ConfirmOrder", data: { orderId } }).then([]);
    given(decider, [placed, confirmed]).when({ type: "CancelOrder", data: cancelled.data }).then([]);
  });
});
