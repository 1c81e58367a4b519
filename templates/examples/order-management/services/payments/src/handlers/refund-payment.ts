import { refund } from "../domain/provider.ts";
import type { ExternalOf } from "../generated/messages.ts";

/**
 * Gives the money back, if any was taken. It also closes the capture's key: a capture that is still on its way to the
 * provider comes too late then.
 */
export const handler: ExternalOf<"RefundPayment"> = {
  async call({ data: { orderId } }, { forwardKey }) {
    const undone = forwardKey !== undefined && (await refund(forwardKey)) === "refunded";
    return undone ? { type: "PaymentRefunded", data: { orderId } } : undefined;
  },
};
