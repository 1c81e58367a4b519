import type { Database } from "../../templates/runtime/src/database/database.ts";
import type { Message } from "../../templates/runtime/src/message/message.ts";
import type { Order } from "./orders.ts";

/** What came of the orders that were sent, by what is on the topics and in the databases. */
export interface Ledger {
  readonly sent: number;
  readonly confirmed: number;
  readonly cancelled: number;
  /** Decisions of orders, inventory and payments that are on a topic. */
  readonly effects: number;
  /** Orders that lack their end, their stock's or their payment's answer. */
  readonly lost: number;
  /** Decisions that were taken twice about one order. */
  readonly appliedTwice: number;
  /** Messages that the broker was given a second time, and that the inbox kept out. */
  readonly duplicates: number;
  /** What is missing in the warehouse against what the confirmed orders took: 0 where it is right. */
  readonly stockDifference: number;
}

const expected: readonly (readonly string[])[] = [
  ["orders.OrderPlaced"],
  ["orders.OrderConfirmed", "orders.OrderCancelled"],
  ["inventory.StockReserved", "inventory.StockRejected"],
  ["payments.PaymentAuthorised", "payments.PaymentDeclined"],
];

const initialTea = 100_000;

/** Whether an order has come to its end. */
export function isEnded(seen: readonly Message[], order: Order): boolean {
  const types = new Set(seen.filter(({ key }) => key === order.orderId).map(({ type }) => type));
  return expected.every((outcomes) => outcomes.some((type) => types.has(type)));
}

export async function readLedger(
  seen: readonly Message[],
  orders: readonly Order[],
  inventory: Database,
): Promise<Ledger> {
  const distinct = new Map(seen.map((message) => [message.id, message]));
  const decisions = Map.groupBy(distinct.values(), ({ key }) => key);
  let lost = 0;
  let appliedTwice = 0;
  let confirmed = 0;
  let cancelled = 0;
  let taken = 0;
  for (const order of orders) {
    const types = (decisions.get(order.orderId) ?? []).map(({ type }) => type);
    const counts = expected.map((outcomes) => types.filter((type) => outcomes.includes(type)).length);
    if (counts.some((count) => count === 0)) lost += 1;
    appliedTwice += counts.filter((count) => count > 1).length;
    if (types.includes("orders.OrderCancelled")) cancelled += 1;
    if (types.includes("orders.OrderConfirmed")) {
      confirmed += 1;
      taken += order.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    }
  }
  const { rows } = await inventory.query<{ available: bigint }>("SELECT available FROM stock WHERE sku = 'tea'");
  return {
    sent: orders.length,
    confirmed,
    cancelled,
    effects: distinct.size,
    lost,
    appliedTwice,
    duplicates: seen.length - distinct.size,
    stockDifference: initialTea - Number(rows[0]?.available) - taken,
  };
}
