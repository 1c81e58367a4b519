import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { givenSaga } from "../../../../templates/runtime/src/testing/given-saga.ts";
import { shop } from "../../../support/saga-shop.ts";

const [payment, points] = shop().sagas;
const host = { sagas: [{ definition: payment!.flow!, eventTopics: {} }] };
const saga = givenSaga(host, "payment", { "inventory.StockRejected": { reason: "none left" } });

describe("given saga … when … then", () => {
  it("tells what is sent, last done undone first", () => {
    saga
      .when({ "capture-payment": "fails" })
      .thenEnds("compensated")
      .thenSends("inventory.ReserveStock", "payments.CapturePayment", "inventory.ReleaseStock", "orders.CancelOrder");
  });

  it("undoes what may have been done, too", () => {
    saga
      .when({ "reserve-stock": "never answers" })
      .thenEnds("compensated")
      .thenSends("inventory.ReserveStock", "inventory.ReleaseStock", "orders.CancelOrder");
  });

  it("calls a saga stuck that an operator has to help: never compensated", () => {
    saga.when({ "capture-payment": "fails", "undoing reserve-stock": "never answers" }).thenEnds("stuck");
    saga.when({ completed: "never answers" }).thenEnds("stuck");
  });

  it("fails where it went another way, and says which", () => {
    assert.throws(() => saga.when({}).thenEnds("compensated"), /it is completed after inventory\.ReserveStock, /);
    assert.throws(() => saga.when({}).thenSends("inventory.ReserveStock"), assert.AssertionError);
  });

  it("refuses what is not in the saga", () => {
    assert.throws(() => saga.when({ "reserve-stok": "fails" }), /has no reserve-stok/);
    assert.throws(() => saga.when({ "undoing completed": "fails" }), /has no undoing completed/);
    assert.throws(
      () => saga.when({ "undoing reserve-stock": "fails", "capture-payment": "fails" }),
      /no failure event/,
    );
    assert.throws(() => givenSaga(host, "points", {}), /hosts no saga points/);
    const watched = { sagas: [{ definition: points!.flow!, eventTopics: {} }] };
    assert.throws(() => givenSaga(watched, "points", {}), /Nobody leads/);
  });
});
