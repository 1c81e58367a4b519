import { takeStock } from "../domain/stock.ts";
import type { HandlerOf } from "../generated/messages.ts";

/** Puts the stock of an order aside, or says which article there is not enough of. */
export const handler: HandlerOf<"ReserveStock"> = async ({ data }, { tx, execute }) => {
  const short = await takeStock(tx, data.lines);
  return execute({ type: "ReserveStock", data: { ...data, ...(short !== undefined && { short }) } });
};
