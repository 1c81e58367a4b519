import { deepEqual } from "node:assert/strict";
import { nameTakenTwice } from "../../../generators/_rules/m03-name-taken-twice.ts";
import { said } from "./checking.ts";
import { shop, shopWith } from "./shop.ts";

describe("EDA-M03, two things that want the same", () => {
  const cases: readonly { what: string; from: string; to: string; says: string }[] = [
    {
      what: "port of two services",
      from: "port: 4002",
      to: "port: 4001",
      says: "32:11 Two things want the port 4001: service orders and service payments",
    },
    {
      what: "port of a service and a read model",
      from: "port: 4101",
      to: "port: 4002",
      says: "48:11 Two things want the port 4002: service payments and read model order-summary",
    },
    {
      what: "port of a service and an admin endpoint, 10000 above its own",
      from: "port: 4101",
      to: "port: 14001",
      says: "48:11 Two things want the port 14001: service orders and read model order-summary",
    },
    {
      what: "database of a service and a read model",
      from: "  order-summary:\n",
      to: "  payments:\n",
      says: "44:3 Two things want the database, container and consumer group payments: service payments and read model payments",
    },
    {
      what: "consumer group of a read model and a stream application",
      from: "  order-totals:",
      to: "  order-summary:",
      says: "44:3 Two things want the database, container and consumer group order-summary: stream application order-summary and read model order-summary",
    },
    {
      what: "file of two events that differ in letter case only",
      from: "      OrderRefused: { fields: { orderId: uuid }, external: true }\n",
      to: "      OrderRefused: { fields: { orderId: uuid }, external: true }\n      Orderrefused: { fields: { orderId: uuid }, external: true }\n",
      says: "25:7 Two things want the type and contract of service orders named OrderRefused: event OrderRefused and event Orderrefused",
    },
    {
      what: "type of a command and an event",
      from: "      CancelOrder: { fields",
      to: "      OrderPlaced: { fields",
      says: "23:7 Two things want the type and contract of service orders named OrderPlaced: command OrderPlaced and event OrderPlaced",
    },
    {
      what: "topic of a service and a stream application",
      from: "routesTo: [totals.large]",
      to: "routesTo: [totals.large, payments.payment.events]",
      says: "42:112 Two things want the topic payments.payment.events: service payments and stream application order-totals",
    },
    {
      what: "topic, which Kafka tells from another by more than . and _",
      from: "routesTo: [totals.large]",
      to: "routesTo: [totals.large, payments.payment_events]",
      says: "42:112 Two things want the topic payments.payment.events: service payments and stream application order-totals",
    },
    {
      what: "definition of two sagas",
      from: "topics:\n",
      to: "sagas:\n  payment: { service: orders }\n  refund: { definition: sagas/payment.saga.yaml, service: orders }\ntopics:\n",
      says: "51:25 Two things want the definition sagas/payment.saga.yaml: saga payment and saga refund",
    },
  ];
  for (const { what, from, to, says } of cases) {
    it(`finds the ${what}`, () => deepEqual(said(nameTakenTwice, shopWith(from, to)), [says]));
  }

  it("says nothing of a sound system", () => deepEqual(said(nameTakenTwice, shop), []));
});
