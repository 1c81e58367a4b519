import { describe, it } from "node:test";
import { given } from "eda-runtime/testing";
import { decider } from "../src/domain/reservation.ts";
import { samples } from "../src/generated/samples.ts";

const { orderId, lines } = samples.ReserveStock;
const reserved = { type: "StockReserved", data: { orderId, lines } } as const;
const rejected = { type: "StockRejected", data: { orderId, reason: "more than 10 of tea" } } as const;
const released = { type: "StockReleased", data: { orderId, lines } } as const;

describe("Reservation", () => {
  it("is made once", () => {
    given(decider, []).when({ type: "ReserveStock", data: { orderId, lines } }).then([reserved]);
    given(decider, [reserved]).when({ type: "ReserveStock", data: { orderId, lines } }).then([]);
  });

  it("is rejected where too many of an article are asked for", () => {
    given(decider, [])
      .when({ type: "ReserveStock", data: { orderId, lines: [{ sku: "tea", quantity: 11 }] } })
      .then([rejected]);
  });

  it("is released once, with what was reserved", () => {
    given(decider, [reserved]).when({ type: "ReleaseStock", data: { orderId } }).then([released]);
    given(decider, [reserved, released]).when({ type: "ReleaseStock", data: { orderId } }).then([]);
  });

  it("is not released where it was rejected", () => {
    given(decider, [rejected]).when({ type: "ReleaseStock", data: { orderId } }).then([]);
  });
});
