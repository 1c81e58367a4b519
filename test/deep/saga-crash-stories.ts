/**
 * How an order goes. In the example as it is: through, or declined by the payment provider, so that its stock comes back;
 * or refused before, by inventory or by fraud. In examples that are edited for it (example-variants.ts): `refunded` after
 * the money was taken, where the refund and the cancelling are refused at first, and an operator retries both;
 * `unanswered` by the payment provider, so that nobody knows of the money, and it is refunded first of all.
 */
export type Story = "completed" | "compensated" | "rejected" | "blocked" | "refunded" | "unanswered";

export interface Expected {
  readonly events: readonly string[];
  /** Idempotency keys of its commands, without the saga's id. */
  readonly keys: readonly string[];
  /** What participants remember of it: the step, what came of it, what of its compensation. */
  readonly rows: readonly string[];
  /** Type, status and version. */
  readonly aggregates: readonly string[];
  /** Different calls of the payment provider: what, for which key of a capture, by which key of its own, and its answer. */
  readonly provider: readonly string[];
  /** What is left of it in stock. */
  readonly stock: bigint;
  /** Its steps, in the order in which they are undone. */
  readonly undone: readonly string[];
  /** Where it is stuck on its way, once each, until an operator retries it. */
  readonly stuck?: readonly string[];
  /** Types of the commands that may be among the dead letters, for their calls were never answered. */
  readonly letters?: readonly string[];
}

export const expectedOf: Readonly<Record<Story, Expected>> = {
  completed: {
    events: [
      "fraud.PaymentCleared",
      "inventory.StockReserved",
      "orders.OrderConfirmed",
      "orders.OrderPlaced",
      "payments.PaymentCaptured",
    ],
    keys: ["capture-payment/forward/1", "completed/forward/1", "reserve-stock/forward/1", "screen-fraud/forward/1"],
    rows: ["capture-payment success", "completed success", "reserve-stock success", "screen-fraud success"],
    aggregates: ["Order confirmed 2", "Payment captured 1", "Reservation reserved 1", "Screening cleared 1"],
    provider: ["capture forward/1: captured"],
    undone: [],
    stock: -2n,
  },
  compensated: {
    events: [
      "fraud.PaymentCleared",
      "inventory.StockReleased",
      "inventory.StockReserved",
      "orders.OrderCancelled",
      "orders.OrderPlaced",
      "payments.PaymentDeclined",
    ],
    keys: [
      "capture-payment/forward/1",
      "compensated/forward/1",
      "reserve-stock/compensation/1",
      "reserve-stock/forward/1",
      "screen-fraud/forward/1",
    ],
    rows: ["capture-payment failure", "compensated success", "reserve-stock success undone", "screen-fraud success"],
    aggregates: ["Order cancelled 2", "Payment declined 1", "Reservation released 2", "Screening cleared 1"],
    provider: ["capture forward/1: declined"],
    undone: ["reserve-stock"],
    stock: 0n,
  },
  rejected: {
    events: ["inventory.StockRejected", "orders.OrderCancelled", "orders.OrderPlaced"],
    keys: ["compensated/forward/1", "reserve-stock/forward/1"],
    rows: ["compensated success", "reserve-stock failure"],
    aggregates: ["Order cancelled 2", "Reservation rejected 1"],
    provider: [],
    undone: [],
    stock: 0n,
  },
  blocked: {
    events: [
      "fraud.PaymentBlocked",
      "inventory.StockReleased",
      "inventory.StockReserved",
      "orders.OrderCancelled",
      "orders.OrderPlaced",
    ],
    keys: [
      "compensated/forward/1",
      "reserve-stock/compensation/1",
      "reserve-stock/forward/1",
      "screen-fraud/forward/1",
    ],
    rows: ["compensated success", "reserve-stock success undone", "screen-fraud failure"],
    aggregates: ["Order cancelled 2", "Reservation released 2", "Screening blocked 1"],
    provider: [],
    undone: ["reserve-stock"],
    stock: 0n,
  },
  refunded: {
    events: [
      "fraud.PaymentBlocked",
      "inventory.StockReleased",
      "inventory.StockReserved",
      "orders.CancellationRefused",
      "orders.OrderCancelled",
      "orders.OrderPlaced",
      "payments.PaymentCaptured",
      "payments.PaymentRefunded",
      "payments.RefundRefused",
    ],
    keys: [
      "capture-payment/compensation/1",
      "capture-payment/compensation/2",
      "capture-payment/forward/1",
      "compensated/forward/1",
      "compensated/forward/2",
      "reserve-stock/compensation/1",
      "reserve-stock/forward/1",
      "screen-fraud/forward/1",
    ],
    rows: [
      "capture-payment success undone",
      "compensated success",
      "reserve-stock success undone",
      "screen-fraud failure",
    ],
    aggregates: ["Order cancelled 3", "Payment refunded 3", "Reservation released 2", "Screening blocked 1"],
    provider: [
      "capture forward/1: captured",
      "refund forward/1 by compensation/1: refused",
      "refund forward/1 by compensation/2: refunded",
    ],
    undone: ["capture-payment", "reserve-stock"],
    stock: 0n,
    stuck: ["capture-payment compensation", "compensated forward"],
  },
  unanswered: {
    events: [
      "fraud.PaymentCleared",
      "inventory.StockReleased",
      "inventory.StockReserved",
      "orders.OrderCancelled",
      "orders.OrderPlaced",
      "payments.PaymentRefunded",
    ],
    keys: [
      "capture-payment/compensation/1",
      "capture-payment/forward/1",
      "compensated/forward/1",
      "reserve-stock/compensation/1",
      "reserve-stock/forward/1",
      "screen-fraud/forward/1",
    ],
    rows: ["capture-payment undone", "compensated success", "reserve-stock success undone", "screen-fraud success"],
    aggregates: ["Order cancelled 2", "Payment refunded 1", "Reservation released 2", "Screening cleared 1"],
    provider: ["capture forward/1: captured", "refund forward/1: refunded"],
    undone: ["capture-payment", "reserve-stock"],
    stock: 0n,
    letters: ["payments.CapturePayment"],
  },
};
