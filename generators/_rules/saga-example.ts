import type { Example } from "./rule.ts";

/** The small system in which the saga rules show what they say: an order is paid for, then confirmed or cancelled. */
const manifest = `eda: 1
name: shop
services:
  orders:
    port: 4001
    commands:
      PlaceOrder: { fields: { orderId: uuid, total: money, note: string? }, emits: [OrderPlaced] }
      ConfirmOrder: { fields: { orderId: uuid }, emits: [OrderConfirmed], http: false }
    events:
      OrderPlaced: { fields: { orderId: uuid, total: money, note: string? } }
      OrderConfirmed: { fields: { orderId: uuid }, external: true }
  payments:
    port: 4002
    commands:
      CapturePayment:
        fields: { paymentId: uuid, amount: money }
        emits: [PaymentCaptured, PaymentDeclined]
        http: false
      RefundPayment: { fields: { paymentId: uuid }, emits: [PaymentRefunded], http: false }
    events:
      PaymentCaptured: { fields: { paymentId: uuid, receipt: string } }
      PaymentDeclined: { fields: { paymentId: uuid } }
      PaymentRefunded: { fields: { paymentId: uuid } }
sagas:
  payment: { definition: sagas/payment.saga.yaml, service: orders }
outboxes:
  orders: { relay: polling }
  payments: { relay: polling }
`;

const saga = `saga: payment
version: 1
style: orchestration
trigger: orders.OrderPlaced
key: $.trigger.orderId
deadline: 15m
timeout: 30s
steps:
  - id: capture-payment
    command: payments.CapturePayment
    input: { paymentId: $.trigger.orderId, amount: $.trigger.total }
    success: payments.PaymentCaptured
    failure: payments.PaymentDeclined
    compensation:
      command: payments.RefundPayment
      input: { paymentId: $.trigger.orderId }
      success: payments.PaymentRefunded
completed:
  command: orders.ConfirmOrder
  input: { orderId: $.trigger.orderId }
  success: orders.OrderConfirmed
`;

const file = "sagas/payment.saga.yaml";

/** The saga in its system, with a text of either changed. */
export function sagaExample(from = "", to = "", more: Readonly<Record<string, string>> = {}): Example {
  const changed = { manifest: manifest.replace(from, to), saga: saga.replace(from, to) };
  return {
    manifest: saga.includes(from) ? manifest : changed.manifest,
    files: { [file]: changed.saga, ...more },
  };
}

/** The saga's file alone, with a text of it changed. */
export function aloneExample(from = "", to = ""): Example {
  return { files: { [file]: saga.replace(from, to) } };
}
