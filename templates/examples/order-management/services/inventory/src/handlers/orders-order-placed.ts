import { takeStock } from "../domain/stock.ts";
import type { ReactionTo } from "../generated/messages.ts";

/** Puts the stock of a new order aside, or says which article there is not enough of. */
export const reaction: ReactionTo<"orders.OrderPlaced"> = async (
  { data: { orderId, lines: ordered } },
  { tx, execute },
) => {
  const lines = ordered.map(({ sku, quantity }) => ({ sku, quantity }));
  const short = await takeStock(tx, lines);
  await execute({ type: "ReserveStock", data: { orderId, lines, ...(short !== undefined && { short }) } });
};
