import type { SagaSource } from "../../../../../templates/runtime/src/saga/source.ts";

/** Points for an order, and a gift for the points; without the gift the points are taken back. */
export const loyalty: SagaSource = {
  saga: "loyalty",
  version: 1,
  style: "choreography",
  service: "loyalty",
  trigger: "orders.OrderConfirmed",
  key: "$.trigger.orderId",
  deadline: "1h",
  timeout: "5m",
  steps: [
    {
      id: "earn-points",
      on: "orders.OrderConfirmed",
      command: "loyalty.EarnPoints",
      input: { orderId: "$.on.orderId", customerId: "$.on.customerId" },
      success: "loyalty.PointsEarned",
      failure: "loyalty.PointsRefused",
      compensation: {
        on: "gifts.GiftRefused",
        command: "loyalty.RevokePoints",
        input: { orderId: "$.on.orderId" },
        success: "loyalty.PointsRevoked",
      },
    },
    {
      id: "send-gift",
      kind: "pivot",
      on: "loyalty.PointsEarned",
      command: "gifts.SendGift",
      input: { orderId: "$.on.orderId" },
      success: "gifts.GiftSent",
      failure: "gifts.GiftRefused",
    },
  ],
};
