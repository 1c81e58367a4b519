import type { Database } from "../../templates/runtime/src/database/database.ts";
import type { Message } from "../../templates/runtime/src/message/message.ts";
import type { Kind, Order } from "./orders.ts";

/** What came of the orders that were sent, by what is on the topics and in the databases. */
export interface Ledger {
  readonly sent: number;
  readonly confirmed: number;
  readonly cancelled: number;
  /** Decisions of the services that are on a topic. */
  readonly effects: number;
  /** Orders that lack one of the events that their kind must lead to. */
  readonly lost: number;
  /** Events that happened twice to one order, or to one that they must not happen to. */
  readonly appliedTwice: number;
  /** Messages that the broker was given a second time, and that the inbox kept out. */
  readonly duplicates: number;
  /** What is missing in the warehouse against what the confirmed orders took: 0 where it is right. */
  readonly stockDifference: number;
  /** Orders that were paid and not confirmed, or confirmed and not paid. */
  readonly paidWrongly: number;
}

/** The events that an order of each kind leads to, each once: no more, no less. */
export const wayOf: Readonly<Record<Kind, readonly string[]>> = {
  plain: [
    "orders.OrderPlaced",
    "inventory.StockReserved",
    "fraud.PaymentCleared",
    "payments.PaymentCaptured",
    "orders.OrderConfirmed",
  ],
  blocked: [
    "orders.OrderPlaced",
    "inventory.StockReserved",
    "fraud.PaymentBlocked",
    "inventory.StockReleased",
    "orders.OrderCancelled",
  ],
  "too dear": [
    "orders.OrderPlaced",
    "inventory.StockReserved",
    "fraud.PaymentCleared",
    "payments.PaymentDeclined",
    "inventory.StockReleased",
    "orders.OrderCancelled",
  ],
  "out of stock": ["orders.OrderPlaced", "inventory.StockRejected", "orders.OrderCancelled"],
};

const initialTea = 100_000;

/** Whether everything that must happen to an order has happened. */
export function isEnded(seen: readonly Message[], { kind, data }: Order): boolean {
  const types = new Set(seen.filter(({ key }) => key === data.orderId).map(({ type }) => type));
  return wayOf[kind].every((type) => types.has(type));
}

/** @param seen what has been on the event topics */
export async function readLedger(
  seen: readonly Message[],
  orders: readonly Order[],
  inventory: Database,
): Promise<Ledger> {
  const distinct = new Map(seen.map((message) => [message.id, message]));
  const decisions = Map.groupBy(distinct.values(), ({ key }) => key);
  const tally = { confirmed: 0, cancelled: 0, lost: 0, appliedTwice: 0, paidWrongly: 0, taken: 0 };
  for (const { kind, data } of orders) {
    const types = (decisions.get(data.orderId) ?? []).map(({ type }) => type);
    const happened = new Set(types);
    const way = wayOf[kind];
    if (way.some((type) => !happened.has(type))) tally.lost += 1;
    tally.appliedTwice += types.length - happened.size + [...happened].filter((type) => !way.includes(type)).length;
    const isPaid = happened.has("payments.PaymentCaptured") && !happened.has("payments.PaymentRefunded");
    const isConfirmed = happened.has("orders.OrderConfirmed");
    if (isPaid !== isConfirmed) tally.paidWrongly += 1;
    if (happened.has("orders.OrderCancelled")) tally.cancelled += 1;
    if (!isConfirmed) continue;
    tally.confirmed += 1;
    tally.taken += data.lines.reduce((sum, { quantity }) => sum + quantity, 0);
  }
  const { rows } = await inventory.query<{ available: bigint }>("SELECT available FROM stock WHERE sku = 'tea'");
  const { taken, ...counted } = tally;
  return {
    sent: orders.length,
    ...counted,
    effects: distinct.size,
    duplicates: seen.length - distinct.size,
    stockDifference: initialTea - Number(rows[0]?.available) - taken,
  };
}
