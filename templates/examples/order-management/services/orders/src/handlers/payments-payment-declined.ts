import type { Reaction } from "eda-runtime";
import type { Command, Event, Subscriptions } from "../generated/messages.ts";

/** The payment is declined: the order is cancelled, and inventory puts its stock back. */
export const reaction: Reaction<Command, Event, Subscriptions["payments.PaymentDeclined"]> = async (
  { data: { orderId, reason } },
  { execute },
) => {
  await execute({ type: "CancelOrder", data: { orderId, reason } });
};
