import type { Open, OpenSystem } from "../valid-system.ts";
import { type Mutation, mutation, type Part, set } from "./mutation.ts";

/** S13: a saga that starts itself. */
export function cycles(): Mutation[] {
  const emits = (saga: Mutation["saga"], command: string, event: string): Mutation =>
    mutation("S13", { saga, path: [], kind: "top" }, `by ${command} emitting ${event}`, (_, { manifest }) => {
      const [service = "", name = ""] = command.split(".");
      manifest.services[service].commands[name].emits.push(event);
    });
  const trigger = (saga: Mutation["saga"], event: string, more: (whole: Open, system: OpenSystem) => void): Mutation =>
    mutation("S13", { saga, path: [], kind: "top" }, `started by ${event}`, (whole, system) => {
      whole.trigger = event;
      more(whole, system);
    });
  return [
    emits("payment", "orders.ConfirmOrder", "OrderPlaced"),
    emits("payment", "orders.CancelOrder", "OrderPlaced"),
    trigger("parcel", "shipping.NoticeSent", (whole, { manifest }) => {
      const { OrderPlaced } = manifest.services.orders.events;
      manifest.services.shipping.events.NoticeSent.fields = structuredClone(OrderPlaced.fields);
      manifest.services.shipping.types = structuredClone(manifest.services.orders.types);
      for (const step of whole.steps) delete step.on;
    }),
    mutation("S13", { saga: "loyalty", path: [], kind: "top" }, "through payment", (_, { manifest, sagas }) => {
      // Payment starts at a gift's refusal, which loyalty emits; loyalty starts at the confirmation, which payment emits.
      manifest.services.gifts.events.GiftRefused.fields = structuredClone(
        manifest.services.orders.events.OrderPlaced.fields,
      );
      manifest.services.gifts.types = structuredClone(manifest.services.orders.types);
      sagas.payment.trigger = "gifts.GiftRefused";
    }),
  ];
}

/** S14: a step that nothing starts or takes back. */
export function choreographies(): Mutation[] {
  const earn: Part = { saga: "loyalty", path: ["steps", 0], kind: "step" };
  const gift: Part = { saga: "loyalty", path: ["steps", 1], kind: "step" };
  const top: Part = { saga: "loyalty", path: [], kind: "top" };
  const undo: Part = { saga: "loyalty", path: ["steps", 0, "compensation"], kind: "compensation" };
  return [
    set("S14", gift, "on", "loyalty.PointsExpired"),
    set("S14", undo, "on", "gifts.GiftSent"),
    set("S14", undo, "on", "loyalty.PointsExpired"),
    set("S14", undo, "on", "orders.OrderCancelled"),
    mutation("S14", top, "started by what starts no step", (whole, { manifest }) => {
      whole.trigger = "orders.OrderCancelled";
      manifest.services.orders.events.OrderCancelled.fields.customerId = "uuid";
    }),
    mutation("S14", earn, "and gift start each other", (step, { sagas }) => {
      step.on = "gifts.GiftSent";
      step.input = { orderId: "$.on.orderId", customerId: "$.on.orderId" };
      sagas.loyalty.trigger = "orders.OrderConfirmed";
    }),
    mutation("S14", gift, "without anybody to take the points back", (_, { sagas }) => {
      sagas.loyalty.steps.push({
        id: "bring-carrier",
        kind: "retriable",
        on: "gifts.GiftSent",
        command: "shipping.SendNotice",
        input: { orderId: "$.on.orderId", sagaId: "$.saga.id" },
        success: "shipping.NoticeSent",
      });
      sagas.loyalty.steps[0].compensation.on = "shipping.NoticeSent";
    }),
  ];
}
