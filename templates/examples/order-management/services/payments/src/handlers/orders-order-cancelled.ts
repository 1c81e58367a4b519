import type { ReactionTo } from "../generated/messages.ts";

/** Lets go of the money of an order that is cancelled; nothing, if none was held. */
export const reaction: ReactionTo<"orders.OrderCancelled"> = async ({ data: { orderId } }, { execute }) => {
  await execute({ type: "VoidPayment", data: { orderId } });
};
