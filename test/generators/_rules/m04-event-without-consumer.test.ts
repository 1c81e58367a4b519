import { deepEqual } from "node:assert/strict";
import { eventWithoutConsumer } from "../../../generators/_rules/m04-event-without-consumer.ts";
import { sagaExample } from "../../../generators/_rules/saga-example.ts";
import { said } from "./checking.ts";
import { shop, shopWith } from "./shop.ts";

const withSaga = shopWith("orders.OrderPlaced, orders.OrderCancelled]", "orders.OrderPlaced]").replace(
  "topics:\n",
  "sagas:\n  payment: { service: orders }\ntopics:\n",
);

describe("EDA-M04, an event that nobody consumes", () => {
  it("finds it at its key", () => {
    deepEqual(said(eventWithoutConsumer, shopWith(", orders.OrderCancelled]", "]")), [
      "25:7 Nobody consumes event orders.OrderCancelled",
    ]);
  });

  it("counts subscriptions, read models, stream applications and their joins, and consumers outside", () => {
    deepEqual(said(eventWithoutConsumer, shop), []);
    deepEqual(said(eventWithoutConsumer, shopWith("{ orderId: uuid }, external: true }", "{ orderId: uuid } }")), [
      "24:7 Nobody consumes event orders.OrderRefused",
    ]);
    const joined = shopWith(", orders.OrderCancelled]", "]").replace("window: 1h", "join: orders.OrderCancelled");
    deepEqual(said(eventWithoutConsumer, joined), []);
  });

  it("counts what a saga's definition names", () => {
    deepEqual(said(eventWithoutConsumer, sagaExample()), []);
    deepEqual(said(eventWithoutConsumer, sagaExample("    failure: payments.PaymentDeclined\n")), [
      "22:7 Nobody consumes event payments.PaymentDeclined",
    ]);
  });

  it("is silent while a saga's definition cannot be read or has errors: that saga may be the consumer", () => {
    deepEqual(said(eventWithoutConsumer, sagaExample("failure: payments.PaymentDeclined", "failre: 1")), []);
    deepEqual(said(eventWithoutConsumer, withSaga), []);
    deepEqual(said(eventWithoutConsumer, { manifest: withSaga, files: {} }), []);
    deepEqual(said(eventWithoutConsumer, { manifest: withSaga, files: { "sagas/payment.saga.yaml": "a: [" } }), []);
  });
});
