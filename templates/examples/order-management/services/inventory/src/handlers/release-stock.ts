import { putBack } from "../domain/stock.ts";
import type { HandlerOf } from "../generated/messages.ts";

/** Puts back what was put aside for an order. It is not called where nothing was: the runtime knows that. */
export const handler: HandlerOf<"ReleaseStock"> = async (command, { tx, execute }) => {
  const outcome = await execute(command);
  for (const { type, data } of outcome.events) if (type === "StockReleased") await putBack(tx, data.lines);
  return outcome;
};
