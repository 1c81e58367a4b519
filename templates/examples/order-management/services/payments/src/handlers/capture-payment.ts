import { capture } from "../domain/provider.ts";
import type { ExternalOf } from "../generated/messages.ts";

/** Takes the money. The key makes a second call with it, after a crash, answer what the first one did. */
export const handler: ExternalOf<"CapturePayment"> = {
  async call({ data: { orderId, amount } }, { idempotencyKey }) {
    const answer = await capture(idempotencyKey, amount);
    if (answer.status === "captured") return { type: "PaymentCaptured", data: { orderId, amount: answer.amount } };
    const reason = answer.status === "declined" ? answer.reason : "it was taken back before it was made";
    return { type: "PaymentDeclined", data: { orderId, reason } };
  },
};
