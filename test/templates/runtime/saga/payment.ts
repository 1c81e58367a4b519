import { compileSaga } from "../../../../templates/runtime/src/saga/compile.ts";
import type { SagaSource } from "../../../../templates/runtime/src/saga/source.ts";

/** The payment saga that the format's description shows, as the YAML parser gives it. */
export const paymentSource: SagaSource = {
  saga: "payment",
  version: 1,
  style: "orchestration",
  trigger: "orders.OrderPlaced",
  key: "$.trigger.orderId",
  deadline: "15m",
  retry: { attempts: 5, initial: "500ms", multiplier: 2, max: "30s", jitter: "full" },
  timeout: "30s",
  steps: [
    {
      id: "reserve-stock",
      command: "inventory.ReserveStock",
      input: { orderId: "$.trigger.orderId", lines: "$.trigger.lines" },
      success: "inventory.StockReserved",
      failure: "inventory.StockRejected",
      compensation: {
        command: "inventory.ReleaseStock",
        input: { orderId: "$.trigger.orderId" },
        success: "inventory.StockReleased",
      },
    },
    {
      id: "screen-fraud",
      command: "fraud.ScreenPayment",
      input: { orderId: "$.trigger.orderId", customerId: "$.trigger.customerId", total: "$.trigger.total" },
      success: "fraud.PaymentCleared",
      failure: "fraud.PaymentBlocked",
      timeout: "10s",
      compensation: "none",
      reason: "changes nothing",
    },
    {
      id: "capture-payment",
      kind: "pivot",
      command: "payments.CapturePayment",
      input: { orderId: "$.trigger.orderId", amount: "$.trigger.total" },
      success: "payments.PaymentCaptured",
      failure: "payments.PaymentDeclined",
      compensation: {
        command: "payments.RefundPayment",
        input: { orderId: "$.trigger.orderId" },
        success: "payments.PaymentRefunded",
      },
    },
  ],
  completed: {
    command: "orders.ConfirmOrder",
    input: { orderId: "$.trigger.orderId" },
    success: "orders.OrderConfirmed",
  },
  compensated: {
    command: "orders.CancelOrder",
    input: { orderId: "$.trigger.orderId", reason: "$.failure.reason" },
    success: "orders.OrderCancelled",
  },
};

export const payment = compileSaga(paymentSource, "orders");

export const paymentTrigger = {
  orderId: "4711",
  customerId: "c-1",
  total: 99,
  lines: [{ sku: "a", quantity: 1 }],
} as const;
