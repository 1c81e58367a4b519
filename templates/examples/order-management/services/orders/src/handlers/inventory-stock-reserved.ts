import type { Reaction } from "eda-runtime";
import { noteProgress } from "../domain/progress.ts";
import type { Command, Event, Subscriptions } from "../generated/messages.ts";

/** The stock is put aside; with the payment authorised too, the order is confirmed. */
export const reaction: Reaction<Command, Event, Subscriptions["inventory.StockReserved"]> = async (
  { data: { orderId } },
  { tx, execute },
) => {
  if (await noteProgress(tx, orderId, "stock")) await execute({ type: "ConfirmOrder", data: { orderId } });
};
