import { deepEqual } from "node:assert/strict";
import { commandWithoutSender } from "../../../generators/_rules/m05-command-without-sender.ts";
import { sagaExample } from "../../../generators/_rules/saga-example.ts";
import { said } from "./checking.ts";
import { shop, shopWith } from "./shop.ts";

const unsent = shopWith("emits: [OrderCancelled], undoes: PlaceOrder }", "emits: [OrderCancelled], http: false }");

describe("EDA-M05, a command that nobody sends", () => {
  it("finds one without an HTTP route, at its key", () => {
    deepEqual(said(commandWithoutSender, unsent), [
      "21:7 Nobody sends command orders.CancelOrder: it has no HTTP route, no saga names it, and orders reacts to nothing",
    ]);
    deepEqual(said(commandWithoutSender, shop), []);
  });

  it("leaves a service alone whose reactions may send its commands", () => {
    const reacting = unsent.replace(
      "    aggregate: Order\n",
      "    aggregate: Order\n    subscribes: [orders.OrderPlaced]\n",
    );
    deepEqual(said(commandWithoutSender, reacting), []);
  });

  it("counts what a saga sends, and is silent while that cannot be read", () => {
    const manifest = unsent.replace("topics:\n", "sagas:\n  payment: { service: orders }\ntopics:\n");
    const path = "sagas/payment.saga.yaml";
    deepEqual(said(commandWithoutSender, manifest), []);
    deepEqual(said(commandWithoutSender, { manifest, files: { [path]: "steps: []\n" } }), []);
    deepEqual(said(commandWithoutSender, sagaExample()), []);
    const ending = /completed:[\s\S]*/.exec(Object.values(sagaExample().files!)[0]!)![0];
    deepEqual(said(commandWithoutSender, sagaExample(ending)), [
      "8:7 Nobody sends command orders.ConfirmOrder: it has no HTTP route, no saga names it, and orders reacts to nothing",
    ]);
  });
});
