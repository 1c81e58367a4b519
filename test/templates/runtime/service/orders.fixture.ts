import type { Decider } from "../../../../templates/runtime/src/aggregate/decider.ts";
import type { ServiceDefinition, ServiceImplementation } from "../../../../templates/runtime/src/service/definition.ts";

/** A small service of the kind that is generated: orders are placed once, and confirmed when their stock is reserved. */
export type OrderCommand =
  | { readonly type: "PlaceOrder"; readonly data: Order }
  | { readonly type: "ConfirmOrder"; readonly data: { readonly orderId: string } };

export type OrderEvent =
  | { readonly type: "OrderPlaced"; readonly data: Order }
  | { readonly type: "OrderRejected"; readonly data: { readonly orderId: string; readonly reason: string } }
  | { readonly type: "OrderConfirmed"; readonly data: { readonly orderId: string } };

export interface Order {
  readonly orderId: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly note?: unknown;
}

export type OrderState = { readonly status: "none" | "placed" | "confirmed"; readonly rejections: number };

const line = {
  type: "object",
  properties: { sku: { type: "string", minLength: 1 }, quantity: { type: "integer" } },
  required: ["sku", "quantity"],
  additionalProperties: false,
};
const orderId = { type: "string", format: "uuid" };
const order = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: { orderId, lines: { type: "array", items: { $ref: "#/$defs/OrderLine" } }, note: {} },
  required: ["orderId", "lines"],
  additionalProperties: false,
  $defs: { OrderLine: line },
};
const onlyId = { type: "object", properties: { orderId }, required: ["orderId"], additionalProperties: false };
const rejected = {
  type: "object",
  properties: { orderId, reason: { type: "string" } },
  required: ["orderId", "reason"],
  additionalProperties: false,
};

export const ordersDefinition: ServiceDefinition = {
  name: "orders",
  aggregate: "Order",
  key: "orderId",
  port: 0,
  adminPort: 0,
  eventsTopic: "orders.order.events",
  topics: [
    { name: "orders.order.events", partitions: 3 },
    { name: "inventory.stock.events", partitions: 3 },
  ],
  commands: {
    PlaceOrder: { schema: order, emits: ["OrderPlaced", "OrderRejected"], http: true },
    ConfirmOrder: { schema: onlyId, emits: ["OrderConfirmed"], http: false },
  },
  events: {
    OrderPlaced: { version: 1, schema: order },
    OrderRejected: { version: 1, schema: rejected },
    OrderConfirmed: { version: 2, schema: onlyId },
  },
  subscriptions: [{ topic: "inventory.stock.events", type: "inventory.StockReserved" }],
  outbox: { relay: "polling", retention: "7d" },
};

export const orderDecider: Decider<OrderState, OrderCommand, OrderEvent> = {
  initialState: () => ({ status: "none", rejections: 0 }),
  decide(command, state) {
    const { data } = command;
    switch (command.type) {
      case "PlaceOrder":
        if (state.status !== "none") return [];
        return command.data.lines.length === 0
          ? [{ type: "OrderRejected", data: { orderId: data.orderId, reason: "no lines" } }]
          : [{ type: "OrderPlaced", data: command.data }];
      case "ConfirmOrder":
        return state.status === "placed" ? [{ type: "OrderConfirmed", data: { orderId: data.orderId } }] : [];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case "OrderPlaced":
        return { ...state, status: "placed" };
      case "OrderRejected":
        return { ...state, rejections: state.rejections + 1 };
      case "OrderConfirmed":
        return { ...state, status: "confirmed" };
    }
  },
};

export const ordersImplementation: ServiceImplementation<OrderState, OrderCommand, OrderEvent> = {
  decider: orderDecider,
  reactions: {
    "inventory.StockReserved": async (message, { execute }) => {
      await execute({ type: "ConfirmOrder", data: { orderId: message.data.orderId } });
    },
  },
};
