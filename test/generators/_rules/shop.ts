/** A sound system of two services, a read model and a stream application, for tests to break one line at a time. */
export const shop = `eda: 1
name: shop
stream:
  platform: kafka
  partitions: 12
  replication: 3
  retention: 7d
  expected: { peakPerSecond: 2000, averageBytes: 600, growthPerYear: 2 }
contexts:
  ordering: { purpose: Takes orders }
  paying: { purpose: Takes money }
services:
  orders:
    context: ordering
    aggregate: Order
    port: 4001
    commands:
      PlaceOrder:
        fields: { orderId: uuid, customerId: uuid, lines: 'OrderLine[]' }
        emits: [OrderPlaced, OrderRefused]
      CancelOrder: { fields: { orderId: uuid }, emits: [OrderCancelled], undoes: PlaceOrder }
    events:
      OrderPlaced: { fields: { orderId: uuid, customerId: uuid, lines: 'OrderLine[]' } }
      OrderRefused: { fields: { orderId: uuid }, external: true }
      OrderCancelled: { fields: { orderId: uuid } }
    types:
      OrderLine: { sku: string, price: money }
  payments:
    context: paying
    aggregate: Payment
    key: paymentId
    port: 4002
    commands:
      CapturePayment: { fields: { paymentId: uuid, orderId: uuid }, emits: [PaymentCaptured] }
    events:
      PaymentCaptured: { fields: { paymentId: uuid, orderId: uuid } }
    subscribes: [orders.OrderPlaced, orders.OrderCancelled]
outboxes:
  orders: { relay: polling, retention: 7d }
  payments: { relay: cdc }
streamsApps:
  order-totals: { from: [orders.OrderPlaced], key: customerId, window: 1h, grace: 5m, routesTo: [totals.large] }
readModels:
  order-summary:
    key: orderId
    from: [orders.OrderPlaced, payments.PaymentCaptured]
    staleness: 5s
    port: 4101
topics:
  orders.order.events: { retention: forever }
`;

/** The shop with one text replaced, which must be there once: so that a test breaks what it means to break. */
export function shopWith(from: string, to: string): string {
  const parts = shop.split(from);
  if (parts.length !== 2) throw new Error(`"${from}" is in the shop ${parts.length - 1} times`);
  return parts.join(to);
}
