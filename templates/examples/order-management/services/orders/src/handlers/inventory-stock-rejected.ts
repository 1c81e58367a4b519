import type { Reaction } from "eda-runtime";
import type { Command, Event, Subscriptions } from "../generated/messages.ts";

/** There is not enough of something: the order is cancelled, and payments lets go of what it has authorised. */
export const reaction: Reaction<Command, Event, Subscriptions["inventory.StockRejected"]> = async (
  { data: { orderId, sku } },
  { execute },
) => {
  await execute({ type: "CancelOrder", data: { orderId, reason: `not enough of ${sku} in stock` } });
};
