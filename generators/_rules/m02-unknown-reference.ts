import type { ManifestDocument } from "../_system/document.ts";
import { nearest } from "../_system/suggest.ts";
import { missingKeys } from "./key-fields.ts";
import { type Reference, referencesOf } from "./references.ts";
import type { Problem, Rule } from "./rule.ts";
import { writtenItem } from "./written-item.ts";

export const unknownReference: Rule = {
  id: "EDA-M02",
  severity: "error",
  runs: "validate",
  title:
    "a reference names a service, event, command, type, field or topic that does not exist, or a message lacks its service's key",
  explanation:
    "A subscription to an event that nobody publishes is not an error at run time: the consumer starts, is healthy and " +
    "waits for ever. So a name that does not resolve is refused here, with the nearest one that does. The key is a " +
    "reference too: it decides the partition, and with it the order. An event without its aggregate's id would be " +
    "spread over partitions, and a cancellation could be read before the order that it cancels; a command without it " +
    "cannot be taken to its aggregate. The same holds for a field by which a read model or a stream application groups.",
  examples: [
    {
      fails: { manifest: shop({ subscribes: "orders.OrderPlacd" }) },
      repair: { manifest: shop({ subscribes: "orders.OrderPlaced" }) },
    },
    {
      fails: { manifest: shop({ eventFields: "{ customerId: uuid }" }) },
      repair: { manifest: shop({ eventFields: "{ orderId: uuid, customerId: uuid }" }) },
    },
  ],
  *check(context) {
    for (const reference of referencesOf(context)) {
      if (!reference.exists) yield problemOf(reference, context.manifest);
    }
    for (const { what, key, because, optional, at, part, hint } of missingKeys(context)) {
      const lacks = optional ? `has ${key} as an option only` : `has no field ${key}`;
      yield { at, part, message: `${what} ${lacks}, ${because}`, hint };
    }
  },
};

function problemOf(reference: Reference, manifest: ManifestDocument): Problem {
  const { from, kind, name, home, at, item } = reference;
  const near = nearest(name, reference.candidates());
  const otherwise = kind === "topic" ? `A topic follows from ${home}` : `Add ${name} under ${home}`;
  return {
    at: item === undefined ? at : writtenItem(manifest, at, item),
    ...(reference.part ? { part: reference.part } : {}),
    message: `${from} names ${kind} ${name}, which does not exist`,
    hint: near === undefined ? otherwise : `Did you mean ${near}? ${otherwise}`,
  };
}

function shop(change: { subscribes?: string; eventFields?: string }): string {
  return `eda: 1
name: shop
contexts:
  ordering: { purpose: Takes orders }
  shipping: { purpose: Sends parcels }
services:
  orders:
    context: ordering
    aggregate: Order
    port: 4001
    commands:
      PlaceOrder: { fields: { orderId: uuid, customerId: uuid }, emits: [OrderPlaced] }
    events:
      OrderPlaced: { fields: ${change.eventFields ?? "{ orderId: uuid }"} }
  parcels:
    context: shipping
    aggregate: Parcel
    port: 4002
    subscribes: [${change.subscribes ?? "orders.OrderPlaced"}]
outboxes:
  orders: { relay: polling }
`;
}
