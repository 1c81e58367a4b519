import { noteProgress } from "../domain/progress.ts";
import type { ReactionTo } from "../generated/messages.ts";

/** The payment is authorised; with the stock put aside too, the order is confirmed. */
export const reaction: ReactionTo<"payments.PaymentAuthorised"> = async ({ data: { orderId } }, { tx, execute }) => {
  if (await noteProgress(tx, orderId, "payment")) await execute({ type: "ConfirmOrder", data: { orderId } });
};
