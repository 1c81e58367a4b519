import type { ServiceDefinition, ServiceImplementation } from "../../../../templates/runtime/src/service/definition.ts";

/** The neighbour of the fixture's orders: reserves stock when an order is placed. */
type Command = { readonly type: "ReserveStock"; readonly data: { readonly orderId: string } };
type Event = { readonly type: "StockReserved"; readonly data: { readonly orderId: string } };

const onlyId = {
  type: "object",
  properties: { orderId: { type: "string", format: "uuid" } },
  required: ["orderId"],
  additionalProperties: false,
};

export const inventoryDefinition: ServiceDefinition = {
  name: "inventory",
  aggregate: "Stock",
  key: "orderId",
  port: 0,
  adminPort: 0,
  eventsTopic: "inventory.stock.events",
  topics: [
    { name: "orders.order.events", partitions: 3 },
    { name: "inventory.stock.events", partitions: 3 },
  ],
  commands: { ReserveStock: { schema: onlyId, emits: ["StockReserved"], http: false } },
  events: { StockReserved: { version: 1, schema: onlyId } },
  subscriptions: [{ topic: "orders.order.events", type: "orders.OrderPlaced" }],
  outbox: { relay: "polling", retention: "7d" },
};

export const inventoryImplementation: ServiceImplementation<boolean, Command, Event> = {
  decider: {
    initialState: () => false,
    decide: ({ data: { orderId } }, reserved) => (reserved ? [] : [{ type: "StockReserved", data: { orderId } }]),
    evolve: () => true,
  },
  reactions: {
    "orders.OrderPlaced": async (message, { execute, log }) => {
      log.info("reserving");
      await execute({ type: "ReserveStock", data: { orderId: message.data.orderId } });
    },
  },
};
