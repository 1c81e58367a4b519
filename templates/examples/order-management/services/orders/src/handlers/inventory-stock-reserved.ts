import { noteProgress } from "../domain/progress.ts";
import type { ReactionTo } from "../generated/messages.ts";

/** The stock is put aside; with the payment authorised too, the order is confirmed. */
export const reaction: ReactionTo<"inventory.StockReserved"> = async ({ data: { orderId } }, { tx, execute }) => {
  if (await noteProgress(tx, orderId, "stock")) await execute({ type: "ConfirmOrder", data: { orderId } });
};
