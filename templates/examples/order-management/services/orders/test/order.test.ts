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
  it("is placed", () => {
    given(decider, []).when({ type: "PlaceOrder", data: order }).then([placed]);
  });

  it("is placed once", () => {
    given(decider, [placed]).when({ type: "PlaceOrder", data: order }).then([]);
  });

  it("is confirmed while it is open", () => {
    given(decider, [placed]).when({ type: "ConfirmOrder", data: { orderId } }).then([confirmed]);
  });

  it("is cancelled while it is open, with the reason", () => {
    given(decider, [placed])
      .when({ type: "CancelOrder", data: { orderId, reason: "declined" } })
      .then([cancelled]);
  });

  it("is never confirmed after it was cancelled, nor cancelled after it was confirmed", () => {
    given(decider, [placed, cancelled]).when({ type: "ConfirmOrder", data: { orderId } }).then([]);
    given(decider, [placed, confirmed])
      .when({ type: "CancelOrder", data: { orderId, reason: "late" } })
      .then([]);
  });
});
