import { aloneExample } from "./saga-example.ts";
import { shapeRule } from "./saga-rule.ts";

const compensation = `    compensation:
      command: payments.RefundPayment
      input: { paymentId: $.trigger.orderId }
      success: payments.PaymentRefunded
`;

export const compensationMissing = shapeRule({
  id: "EDA-S02",
  severity: "error",
  title: "a compensatable step has no compensation (and no `compensation: none` with a `reason`)",
  explanation:
    "When a later step fails, every step before it is taken back. One that cannot be leaves half an order: paid for and " +
    "never sent, or reserved for ever. Where there is truly nothing to take back (a check, a notification that may stand) " +
    "write compensation: none and the reason, so that the next reader knows that it was thought of.",
  examples: [
    { fails: aloneExample(compensation), repair: aloneExample() },
    {
      fails: aloneExample(compensation, "    compensation: none\n"),
      repair: aloneExample(compensation, "    compensation: none\n    reason: the card is only checked\n"),
    },
  ],
});
