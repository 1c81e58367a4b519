import type { Decider } from "../../../../../templates/runtime/src/aggregate/decider.ts";
import type {
  ExternalCommand,
  ExternalContext,
  ServiceDefinition,
  ServiceImplementation,
} from "../../../../../templates/runtime/src/service/definition.ts";

/** A service that does everything a saga may ask: in its own database by the decider or by a handler, and outside. */
export type ShopCommand = {
  readonly type: "ReserveStock" | "ReleaseStock" | "PackOrder" | "CapturePayment" | "RefundPayment";
  readonly data: OrderData;
};

export interface OrderData {
  readonly orderId: string;
  readonly quantity?: number;
}

export type ShopEvent = {
  readonly type:
    | "StockReserved"
    | "StockRejected"
    | "StockReleased"
    | "OrderPacked"
    | "PaymentCaptured"
    | "PaymentDeclined"
    | "PaymentRefunded";
  readonly data: OrderData;
};

const schema = {
  type: "object",
  properties: { orderId: { type: "string" }, quantity: { type: "integer" } },
  required: ["orderId"],
  additionalProperties: false,
};
const command = (...emits: ShopEvent["type"][]) => ({ schema, emits, http: false });
const event = { version: 1, schema };

export const shopDefinition: ServiceDefinition = {
  name: "shop",
  aggregate: "Order",
  key: "orderId",
  port: 0,
  adminPort: 0,
  eventsTopic: "shop.order.events",
  commandsTopic: "shop.commands",
  topics: [
    { name: "shop.order.events", partitions: 3 },
    { name: "shop.commands", partitions: 3 },
    { name: "buying.replies", partitions: 3 },
  ],
  commands: {
    ReserveStock: { ...command("StockReserved", "StockRejected"), http: true },
    ReleaseStock: { ...command("StockReleased"), undoes: "ReserveStock" },
    PackOrder: command("OrderPacked"),
    CapturePayment: { ...command("PaymentCaptured", "PaymentDeclined"), external: true },
    RefundPayment: { ...command("PaymentRefunded"), external: true, undoes: "CapturePayment" },
  },
  events: {
    StockReserved: event,
    StockRejected: event,
    StockReleased: event,
    OrderPacked: event,
    PaymentCaptured: event,
    PaymentDeclined: event,
    PaymentRefunded: event,
  },
  subscriptions: [],
  outbox: { relay: "polling", retention: "7d" },
};

export type ShopState = readonly ShopEvent["type"][];

/** Of more than 9 there is not enough; of 13 nobody has ever heard. */
export const shopDecider: Decider<ShopState, ShopCommand, ShopEvent> = {
  initialState: () => [],
  decide({ type, data }) {
    switch (type) {
      case "ReserveStock":
        if (data.quantity === 13) throw new Error("thirteen");
        return [{ type: (data.quantity ?? 1) > 9 ? "StockRejected" : "StockReserved", data }];
      case "ReleaseStock":
        return [{ type: "StockReleased", data }];
      case "PackOrder":
        return [{ type: "OrderPacked", data }];
      default:
        throw new Error(`${type} is not decided here`);
    }
  },
  evolve: (state, { type }) => [...state, type],
};

/** What the provider does with each call: a payment captured once a key, a key that is refused stays refused. */
export interface Provider {
  capture(order: string, context: ExternalContext): Promise<"captured" | "declined">;
  /** False: there was nothing to undo. */
  refund(order: string, context: ExternalContext): Promise<boolean>;
}

export function shopImplementation(
  provider: Provider,
  options: { readonly limitMs?: number; readonly canRefuse?: false } = {},
): ServiceImplementation<ShopState, ShopCommand, ShopEvent> {
  const capture: ExternalCommand<ShopEvent, OrderData> = {
    async call({ data }, context) {
      const outcome = await provider.capture(data.orderId, context);
      return { type: outcome === "captured" ? "PaymentCaptured" : "PaymentDeclined", data };
    },
    ...options,
  };
  const refund: ExternalCommand<ShopEvent, OrderData> = {
    async call({ data }, context) {
      return (await provider.refund(data.orderId, context)) ? { type: "PaymentRefunded", data } : undefined;
    },
    ...(options.limitMs === undefined ? {} : { limitMs: options.limitMs }),
  };
  return {
    decider: shopDecider,
    reactions: {},
    commands: {
      async PackOrder({ data }, { tx, execute }) {
        await tx.query("INSERT INTO public.parcel (order_id) VALUES ($1)", [data.orderId]);
        return execute({ type: "PackOrder", data });
      },
      CapturePayment: capture,
      RefundPayment: refund,
    },
  };
}

export interface RecordedCall {
  readonly kind: "capture" | "refund";
  readonly key: string;
  readonly forwardKey?: string;
}

/** A provider in this process that keeps its promises, and notes what was asked of it. */
export function fakeProvider() {
  const calls: RecordedCall[] = [];
  const captured = new Set<string>();
  const refunded = new Set<string>();
  const refused = new Set<string>();
  const provider = {
    calls,
    captured,
    refunded,
    /** Called with each call, after it was noted and before anything is done; a throw is the network's. */
    before: async (_call: RecordedCall): Promise<void> => undefined,
    /** Called after something was done, before it is answered. */
    after: async (_call: RecordedCall): Promise<void> => undefined,
    declining: false,

    async capture(_order: string, { idempotencyKey: key }: ExternalContext) {
      const call: RecordedCall = { kind: "capture", key };
      calls.push(call);
      await provider.before(call);
      if (refused.has(key) || provider.declining) return "declined" as const;
      captured.add(key);
      await provider.after(call);
      return "captured" as const;
    },

    async refund(_order: string, { idempotencyKey: key, forwardKey = "" }: ExternalContext) {
      const call: RecordedCall = { kind: "refund", key, forwardKey };
      calls.push(call);
      await provider.before(call);
      refused.add(forwardKey);
      const undone = captured.has(forwardKey);
      if (undone) refunded.add(forwardKey);
      await provider.after(call);
      return undone;
    },
  };
  return provider satisfies Provider;
}
