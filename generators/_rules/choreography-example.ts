import type { Example } from "./rule.ts";

/** A choreography for the rules to show: points for an order, then a gift; without the gift the points go back. */
const manifest = `eda: 1
name: shop
services:
  orders:
    port: 4001
    commands:
      PlaceOrder: { fields: { orderId: uuid }, emits: [OrderPlaced] }
    events:
      OrderPlaced: { fields: { orderId: uuid } }
  points:
    key: orderId
    port: 4002
    commands:
      EarnPoints: { fields: { orderId: uuid }, emits: [PointsEarned], http: false }
      RevokePoints: { fields: { orderId: uuid }, emits: [PointsRevoked], http: false }
    events:
      PointsBought: { fields: { orderId: uuid }, external: true }
      PointsEarned: { fields: { orderId: uuid } }
      PointsRevoked: { fields: { orderId: uuid } }
  gifts:
    key: orderId
    port: 4003
    commands:
      SendGift: { fields: { orderId: uuid }, emits: [GiftSent, GiftRefused], http: false }
    events:
      GiftSent: { fields: { orderId: uuid } }
      GiftRefused: { fields: { orderId: uuid } }
sagas:
  loyalty: { definition: sagas/loyalty.saga.yaml, service: points }
outboxes:
  orders: { relay: polling }
  points: { relay: polling }
  gifts: { relay: polling }
`;

const saga = `saga: loyalty
version: 1
style: choreography
trigger: orders.OrderPlaced
key: $.trigger.orderId
deadline: 1h
timeout: 5m
steps:
  - id: earn-points
    on: orders.OrderPlaced
    command: points.EarnPoints
    input: { orderId: $.on.orderId }
    success: points.PointsEarned
    compensation:
      on: gifts.GiftRefused
      command: points.RevokePoints
      input: { orderId: $.on.orderId }
      success: points.PointsRevoked
  - id: send-gift
    kind: pivot
    on: points.PointsEarned
    command: gifts.SendGift
    input: { orderId: $.on.orderId }
    success: gifts.GiftSent
    failure: gifts.GiftRefused
`;

/** The choreography in its system, with a text of it changed. */
export function choreographyExample(from = "", to = ""): Example {
  return { manifest, files: { "sagas/loyalty.saga.yaml": saga.replace(from, to) } };
}
