import { putBack } from "../domain/stock.ts";
import type { ReactionTo } from "../generated/messages.ts";

/** Puts back what was put aside for an order that is cancelled; nothing, if nothing was. */
export const reaction: ReactionTo<"orders.OrderCancelled"> = async ({ data: { orderId } }, { tx, execute }) => {
  const { events } = await execute({ type: "ReleaseStock", data: { orderId } });
  for (const { type, data } of events) if (type === "StockReleased") await putBack(tx, data.lines);
};
