import type { ReactionTo } from "../generated/messages.ts";

/** The payment is declined: the order is cancelled, and inventory puts its stock back. */
export const reaction: ReactionTo<"payments.PaymentDeclined"> = async ({ data: { orderId, reason } }, { execute }) => {
  await execute({ type: "CancelOrder", data: { orderId, reason } });
};
