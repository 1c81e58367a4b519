import type { Transaction } from "eda-runtime";

/**
 * Notes that one of an order's two parts has worked out, and says whether both have now. The row lock of the upsert
 * makes two replies that come at the same time see each other.
 */
export async function noteProgress(tx: Transaction, orderId: string, part: "stock" | "payment"): Promise<boolean> {
  const { rows } = await tx.query<{ complete: boolean }>(
    `INSERT INTO order_progress (order_id, stock, payment) VALUES ($1, $2, $3)
     ON CONFLICT (order_id) DO UPDATE
       SET stock = order_progress.stock OR excluded.stock,
           payment = order_progress.payment OR excluded.payment
     RETURNING stock AND payment AS complete`,
    [orderId, part === "stock", part === "payment"],
  );
  return rows[0]?.complete === true;
}
