import type { HandlerOf } from "../generated/messages.ts";

/** Looks the customer up in the list of those whose payments are not taken. */
export const handler: HandlerOf<"ScreenPayment"> = async ({ data }, { tx, execute }) => {
  const { rows } = await tx.query("SELECT FROM blocked_customer WHERE customer_id = $1", [data.customerId]);
  return execute({ type: "ScreenPayment", data: { ...data, listed: rows.length > 0 } });
};
