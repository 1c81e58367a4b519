import { deepEqual } from "node:assert/strict";
import { publisherWithoutOutbox } from "../../../generators/_rules/m06-publisher-without-outbox.ts";
import { hints, said } from "./checking.ts";
import { shop, shopWith } from "./shop.ts";

describe("EDA-M06, a publisher without an outbox", () => {
  it("finds a service with events, and names the command that adds the outbox", () => {
    const manifest = shopWith("  payments: { relay: cdc }\n", "");
    deepEqual(said(publisherWithoutOutbox, manifest), ["28:3 Service payments publishes events and has no outbox"]);
    deepEqual(hints(publisherWithoutOutbox, manifest), [
      "Run eda add outbox payments, or write payments: { relay: polling } under outboxes",
    ]);
  });

  it("finds a service that hosts a saga: its commands leave through an outbox too", () => {
    const manifest = "eda: 1\nname: shop\nservices:\n  checkout: {}\nsagas:\n  payment: { service: checkout }\n";
    deepEqual(said(publisherWithoutOutbox, manifest), ["4:3 Service checkout hosts saga payment and has no outbox"]);
  });

  it("leaves a service alone that publishes nothing", () => {
    deepEqual(said(publisherWithoutOutbox, "eda: 1\nname: shop\nservices:\n  checkout: {}\n"), []);
    deepEqual(said(publisherWithoutOutbox, shop), []);
  });
});
