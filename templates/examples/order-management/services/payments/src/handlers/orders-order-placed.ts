import type { Reaction } from "eda-runtime";
import type { Command, Event, Subscriptions } from "../generated/messages.ts";

/** Asks for the payment of a new order. */
export const reaction: Reaction<Command, Event, Subscriptions["orders.OrderPlaced"]> = async (
  { data: { orderId, customerId, total } },
  { execute },
) => {
  await execute({ type: "AuthorisePayment", data: { orderId, customerId, amount: total } });
};
