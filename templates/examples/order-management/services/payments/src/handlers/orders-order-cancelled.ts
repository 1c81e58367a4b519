import type { Reaction } from "eda-runtime";
import type { Command, Event, Subscriptions } from "../generated/messages.ts";

/** Lets go of the money of an order that is cancelled; nothing, if none was held. */
export const reaction: Reaction<Command, Event, Subscriptions["orders.OrderCancelled"]> = async (
  { data: { orderId } },
  { execute },
) => {
  await execute({ type: "VoidPayment", data: { orderId } });
};
