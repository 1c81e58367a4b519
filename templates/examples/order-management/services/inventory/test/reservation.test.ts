import { describe, it } from "node:test";
import { given } from "eda-runtime/testing";
import { decider } from "../src/domain/reservation.ts";
import { samples } from "../src/generated/samples.ts";

const { orderId, lines } = samples.ReserveStock;
const reserved = { type: "StockReserved", data: { orderId, lines } } as const;
const rejected = {
  type: "StockRejected",
  data: { orderId, sku: "saffron", reason: "not enough of saffron in stock" },
} as const;
const released = { type: "StockReleased", data: { orderId, lines } } as const;

describe("Reservation", () => {
  it("is made where there is enough", () => {
    given(decider, []).when({ type: "ReserveStock", data: { orderId, lines } }).then([reserved]);
  });

  it("is rejected where an article is short", () => {
    given(decider, [])
      .when({ type: "ReserveStock", data: { orderId, lines, short: "saffron" } })
      .then([rejected]);
  });

  it("can be made after all once there is new stock", () => {
    given(decider, [rejected]).when({ type: "ReserveStock", data: { orderId, lines } }).then([reserved]);
  });

  it("is released once", () => {
    given(decider, [reserved]).when({ type: "ReleaseStock", data: { orderId } }).then([released]);
    given(decider, [reserved, released]).when({ type: "ReleaseStock", data: { orderId } }).then([]);
  });

  it("is not released where it was rejected", () => {
    given(decider, [rejected]).when({ type: "ReleaseStock", data: { orderId } }).then([]);
  });
});
