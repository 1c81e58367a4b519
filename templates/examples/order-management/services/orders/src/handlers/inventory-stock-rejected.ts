import type { ReactionTo } from "../generated/messages.ts";

/** There is not enough of something: the order is cancelled, and payments lets go of what it has authorised. */
export const reaction: ReactionTo<"inventory.StockRejected"> = async ({ data: { orderId, sku } }, { execute }) => {
  await execute({ type: "CancelOrder", data: { orderId, reason: `not enough of ${sku} in stock` } });
};
