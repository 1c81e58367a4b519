import { deepEqual } from "node:assert/strict";
import { contextCycle } from "../../../generators/_rules/m10-context-cycle.ts";
import { said } from "./checking.ts";
import { shop } from "./shop.ts";

const manifest = shop.replace(
  "topics:\n",
  "sagas:\n  payment: { service: orders }\n  refund: { service: payments }\ntopics:\n",
);

function sagas(refundStyle: string, refundSends: string) {
  return {
    manifest,
    files: {
      "sagas/payment.saga.yaml": "style: orchestration\nsteps:\n  - command: payments.CapturePayment\n",
      "sagas/refund.saga.yaml": `style: ${refundStyle}\nsteps:\n  - command: ${refundSends}\n`,
    },
  };
}

describe("EDA-M10, contexts that command each other", () => {
  it("shows the cycle and the commands that close it", () => {
    deepEqual(said(contextCycle, sagas("orchestration", "orders.CancelOrder")), [
      "50:3 Contexts command each other in a cycle: ordering → paying → ordering (saga payment of ordering sends payments.CapturePayment, saga refund of paying sends orders.CancelOrder)",
    ]);
  });

  it("counts no command inside a context, and no choreography", () => {
    deepEqual(said(contextCycle, sagas("orchestration", "payments.CapturePayment")), []);
    deepEqual(said(contextCycle, sagas("choreography", "orders.CancelOrder")), []);
  });

  it("counts no events: their publisher waits for nobody", () => {
    const both = shop.replace("    types:\n", "    subscribes: [payments.PaymentCaptured]\n    types:\n");
    deepEqual(said(contextCycle, both), []);
  });
});
