import { deepEqual } from "node:assert/strict";
import { unknownReference } from "../../../generators/_rules/m02-unknown-reference.ts";
import { hints, said } from "./checking.ts";
import { shop, shopWith } from "./shop.ts";

describe("EDA-M02, a name that does not resolve", () => {
  const cases: readonly { what: string; from: string; to: string; says: string; hint: string }[] = [
    {
      what: "a context",
      from: "    context: paying",
      to: "    context: payng",
      says: "29:14 Service payments names context payng, which does not exist",
      hint: "Did you mean paying? Add payng under contexts",
    },
    {
      what: "an event that a command emits",
      from: "emits: [OrderPlaced, OrderRefused]",
      to: "emits: [OrderPlaced, OrderRefusd]",
      says: "20:30 Command orders.PlaceOrder names event OrderRefusd, which does not exist",
      hint: "Did you mean OrderRefused? Add OrderRefusd under services.orders.events",
    },
    {
      what: "a command that is undone",
      from: "undoes: PlaceOrder",
      to: "undoes: PlaceOrdr",
      says: "21:82 Command orders.CancelOrder names command PlaceOrdr, which does not exist",
      hint: "Did you mean PlaceOrder? Add PlaceOrdr under services.orders.commands",
    },
    {
      what: "a type of a field",
      from: "customerId: uuid, lines: 'OrderLine[]' }\n        emits",
      to: "customerId: uuid, lines: 'OrderLne[]' }\n        emits",
      says: "19:59 Field lines of command orders.PlaceOrder names type OrderLne, which does not exist",
      hint: "Did you mean OrderLine? Add OrderLne under services.orders.types",
    },
    {
      what: "an event that is subscribed to",
      from: "subscribes: [orders.OrderPlaced, orders.OrderCancelled]",
      to: "subscribes: [orders.OrderPlaced, orders.OrderCanceled]",
      says: "37:38 Service payments names event orders.OrderCanceled, which does not exist",
      hint: "Did you mean orders.OrderCancelled? Add orders.OrderCanceled under services.orders.events",
    },
    {
      what: "a service that is subscribed to",
      from: "subscribes: [orders.OrderPlaced, orders.OrderCancelled]",
      to: "subscribes: [order.OrderPlaced, orders.OrderCancelled]",
      says: "37:18 Service payments names service order, which does not exist",
      hint: "Did you mean orders? Add order under services",
    },
    {
      what: "the service of an outbox",
      from: "  payments: { relay: cdc }",
      to: "  paymants: { relay: cdc }",
      says: "40:3 An outbox names service paymants, which does not exist",
      hint: "Did you mean payments? Add paymants under services",
    },
    {
      what: "an event that a stream application reads",
      from: "order-totals: { from: [orders.OrderPlaced]",
      to: "order-totals: { from: [orders.OrderPlacd]",
      says: "42:26 Stream application order-totals names event orders.OrderPlacd, which does not exist",
      hint: "Did you mean orders.OrderPlaced? Add orders.OrderPlacd under services.orders.events",
    },
    {
      what: "an event that a stream application joins",
      from: "key: customerId, window",
      to: "key: customerId, join: customers.CustomerRegistered, window",
      says: "42:70 Stream application order-totals names service customers, which does not exist",
      hint: "Add customers under services",
    },
    {
      what: "an event that a read model reads",
      from: "from: [orders.OrderPlaced, payments.PaymentCaptured]",
      to: "from: [orders.OrderPlaced, payments.PaymentCaptred]",
      says: "46:32 Read model order-summary names event payments.PaymentCaptred, which does not exist",
      hint: "Did you mean payments.PaymentCaptured? Add payments.PaymentCaptred under services.payments.events",
    },
    {
      what: "a topic",
      from: "  orders.order.events: {",
      to: "  orders.order.event: {",
      says: "50:3 The section topics names topic orders.order.event, which does not exist",
      hint: "Did you mean orders.order.events? A topic follows from a service, a saga or a stream application that writes to it",
    },
    {
      what: "the host of a saga",
      from: "topics:\n",
      to: "sagas:\n  payment: { service: order }\ntopics:\n",
      says: "50:23 Saga payment names service order, which does not exist",
      hint: "Did you mean orders? Add order under services",
    },
  ];
  for (const { what, from, to, says, hint } of cases) {
    it(`finds ${what}, its place and the nearest name`, () => {
      deepEqual(said(unknownReference, shopWith(from, to)), [says]);
      deepEqual(hints(unknownReference, shopWith(from, to)), [hint]);
    });
  }

  it("says nothing of a sound system", () => deepEqual(said(unknownReference, shop), []));
});

describe("EDA-M02, a message without its key", () => {
  it("finds an event without its service's key", () => {
    const manifest = shopWith(
      "OrderCancelled: { fields: { orderId: uuid } }",
      "OrderCancelled: { fields: { at: date } }",
    );
    deepEqual(said(unknownReference, manifest), [
      "25:7 Event orders.OrderCancelled has no field orderId, the key of service orders",
    ]);
    deepEqual(hints(unknownReference, manifest), [
      "Add orderId: uuid to services.orders.events.OrderCancelled.fields, or name another field in services.orders.key",
    ]);
  });

  it("finds a command without its service's key: it could not be taken to its aggregate", () => {
    const manifest = shopWith("CancelOrder: { fields: { orderId: uuid }", "CancelOrder: { fields: { reason: string }");
    deepEqual(said(unknownReference, manifest), [
      "21:7 Command orders.CancelOrder has no field orderId, the key of service orders",
    ]);
  });

  it("finds a key that may be left out", () => {
    const manifest = shopWith(
      "OrderCancelled: { fields: { orderId: uuid } }",
      "OrderCancelled: { fields: { orderId: uuid? } }",
    );
    deepEqual(said(unknownReference, manifest), [
      "25:44 Event orders.OrderCancelled has orderId as an option only, the key of service orders",
    ]);
    deepEqual(hints(unknownReference, manifest), [
      "Take the ? from the type of orderId in services.orders.events.OrderCancelled.fields",
    ]);
  });

  it("finds an event that a read model cannot group by its key", () => {
    const manifest = shopWith(
      "PaymentCaptured: { fields: { paymentId: uuid, orderId: uuid } }",
      "PaymentCaptured: { fields: { paymentId: uuid } }",
    );
    deepEqual(said(unknownReference, manifest), [
      "45:10 Event payments.PaymentCaptured has no field orderId, the key of read model order-summary",
    ]);
  });

  it("finds an event that a stream application cannot group by its key", () => {
    deepEqual(said(unknownReference, shopWith("key: customerId,", "key: customerNo,")), [
      "42:52 Event orders.OrderPlaced has no field customerNo, the key of stream application order-totals",
    ]);
  });
});
