import type { Reaction } from "eda-runtime";
import { putBack } from "../domain/stock.ts";
import type { Command, Event, Subscriptions } from "../generated/messages.ts";

/** Puts back what was put aside for an order that is cancelled; nothing, if nothing was. */
export const reaction: Reaction<Command, Event, Subscriptions["orders.OrderCancelled"]> = async (
  { data: { orderId } },
  { tx, execute },
) => {
  const { events } = await execute({ type: "ReleaseStock", data: { orderId } });
  for (const { type, data } of events) if (type === "StockReleased") await putBack(tx, data.lines);
};
