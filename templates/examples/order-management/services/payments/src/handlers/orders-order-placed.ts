import type { ReactionTo } from "../generated/messages.ts";

/** Asks for the payment of a new order. */
export const reaction: ReactionTo<"orders.OrderPlaced"> = async (
  { data: { orderId, customerId, total } },
  { execute },
) => {
  await execute({ type: "AuthorisePayment", data: { orderId, customerId, amount: total } });
};
