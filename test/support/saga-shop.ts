import { sagaFiles } from "../../generators/_command/saga-files.ts";
import { parseManifest } from "../../generators/_system/document.ts";
import type { System } from "../../generators/_system/system.ts";

/** A shop whose orders go through stock and payment, led by a saga, and earn points, led by nobody. */
export const shopManifest = `eda: 1
name: shop
services:
  orders:
    port: 4001
    commands:
      PlaceOrder: { fields: { orderId: uuid, total: money }, emits: [OrderPlaced] }
      ConfirmOrder: { fields: { orderId: uuid }, emits: [OrderConfirmed], http: false }
      CancelOrder: { fields: { orderId: uuid, reason: string }, emits: [OrderCancelled], http: false }
    events:
      OrderPlaced: { fields: { orderId: uuid, total: money } }
      OrderConfirmed: { fields: { orderId: uuid } }
      OrderCancelled: { fields: { orderId: uuid, reason: string } }
  inventory:
    port: 4002
    aggregate: Reservation
    key: orderId
    commands:
      ReserveStock: { fields: { orderId: uuid }, emits: [StockReserved, StockRejected], http: false }
      ReleaseStock: { fields: { orderId: uuid }, emits: [StockReleased], http: false, undoes: ReserveStock }
      CountStock: { fields: { orderId: uuid }, emits: [] }
    events:
      StockReserved: { fields: { orderId: uuid } }
      StockRejected: { fields: { orderId: uuid, reason: string } }
      StockReleased: { fields: { orderId: uuid } }
  payments:
    port: 4003
    aggregate: Payment
    key: orderId
    commands:
      CapturePayment: { fields: { orderId: uuid, amount: money }, emits: [PaymentCaptured, PaymentDeclined], external: true }
      RefundPayment: { fields: { orderId: uuid }, emits: [PaymentRefunded], external: true, undoes: CapturePayment }
    events:
      PaymentCaptured: { fields: { orderId: uuid, amount: money } }
      PaymentDeclined: { fields: { orderId: uuid, reason: string } }
      PaymentRefunded: { fields: { orderId: uuid } }
  loyalty:
    port: 4004
    aggregate: Points
    key: orderId
    commands:
      EarnPoints: { fields: { orderId: uuid }, emits: [PointsEarned, PointsRefused], http: false }
    events:
      PointsEarned: { fields: { orderId: uuid } }
      PointsRefused: { fields: { orderId: uuid, reason: string } }
outboxes: { orders: {}, inventory: {}, payments: {}, loyalty: {} }
sagas:
  payment: { definition: sagas/payment.saga.yaml, service: orders }
  points: { service: loyalty }
`;

export const paymentSaga = `# Takes the money for what is in stock.
saga: payment
version: 1
style: orchestration
trigger: orders.OrderPlaced
key: $.trigger.orderId
deadline: 15m
timeout: 30s
steps:
  - id: reserve-stock
    command: inventory.ReserveStock
    input: { orderId: $.trigger.orderId }
    success: inventory.StockReserved
    failure: inventory.StockRejected
    compensation:
      command: inventory.ReleaseStock
      input: { orderId: $.trigger.orderId }
      success: inventory.StockReleased
  - id: capture-payment
    kind: pivot
    command: payments.CapturePayment
    input: { orderId: $.trigger.orderId, amount: $.trigger.total }
    success: payments.PaymentCaptured
    failure: payments.PaymentDeclined
    compensation:
      command: payments.RefundPayment
      input: { orderId: $.trigger.orderId }
      success: payments.PaymentRefunded
completed:
  command: orders.ConfirmOrder
  input: { orderId: $.trigger.orderId }
  success: orders.OrderConfirmed
compensated:
  command: orders.CancelOrder
  input: { orderId: $.trigger.orderId, reason: $.failure.reason }
  success: orders.OrderCancelled
`;

export const pointsSaga = `saga: points
version: 1
style: choreography
service: loyalty
trigger: orders.OrderConfirmed
key: $.trigger.orderId
deadline: 1h
timeout: 5m
steps:
  - id: earn-points
    kind: pivot
    on: orders.OrderConfirmed
    command: loyalty.EarnPoints
    input: { orderId: $.on.orderId }
    success: loyalty.PointsEarned
    failure: loyalty.PointsRefused
`;

/** The system of a manifest and the saga files beside it. */
export function systemOf(manifest: string, files: Readonly<Record<string, string>>): System {
  return parseManifest(manifest, "eda.yaml", sagaFiles((path) => files[path]).complete).system;
}

/** The shop, with other or missing files where they are given. */
export function shop(files: Readonly<Record<string, string>> = {}, manifest: string = shopManifest): System {
  const all = { "sagas/payment.saga.yaml": paymentSaga, "sagas/points.saga.yaml": pointsSaga, ...files };
  return systemOf(manifest, all);
}
