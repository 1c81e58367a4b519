import type { ManifestDocument } from "../_system/document.ts";
import type { NodePath } from "../_system/place.ts";
import { type Claim, claimsOf } from "./claims.ts";
import type { Rule } from "./rule.ts";
import { writtenItem } from "./written-item.ts";

export const nameTakenTwice: Rule = {
  id: "EDA-M03",
  severity: "error",
  runs: "validate",
  title: "two things want the same name, topic, port or table",
  explanation:
    "Names become databases, folders, topics, containers, consumer groups and types. A service and a read model of one " +
    "name would share a database and read each other's tables; two writers on one topic break its order, and Kafka " +
    "refuses topics that differ only in . and _; messages that differ only in letter case are one file on Windows and " +
    "macOS; of two processes on one port the second does not start. A service and a read model also take the port " +
    "10000 above their own, for their admin endpoint.",
  examples: [
    {
      fails: { manifest: shop({ readModel: "order-summary", port: 4001 }) },
      repair: { manifest: shop({ readModel: "order-summary", port: 4101 }) },
    },
    {
      fails: { manifest: shop({ readModel: "orders", port: 4101 }) },
      repair: { manifest: shop({ readModel: "order-summary", port: 4101 }) },
    },
  ],
  *check({ system, manifest }) {
    const taken = new Map<string, Claim>();
    const reported = new Set<string>();
    for (const claim of claimsOf(system)) {
      const key = `${claim.scope} ${claim.key}`;
      const other = taken.get(key);
      if (!other) {
        taken.set(key, claim);
        continue;
      }
      if (other.by === claim.by) continue;
      // Two that share a name share what is derived from it too; two that share a port share the admin port.
      const pair = [claim.scope === "topic" ? "process" : claim.scope, claim.by, other.by].join(" ");
      if (reported.has(pair)) continue;
      reported.add(pair);
      const [first, second] = inWrittenOrder(other, claim, manifest);
      yield {
        at: pathOf(second, manifest),
        part: second.part,
        message: `Two things want ${first.what} ${first.value}: ${first.by} and ${second.by}`,
        hint: second.hint,
      };
    }
  },
};

/** The one that is written further down was probably added last, and is the one to change. */
function inWrittenOrder(a: Claim, b: Claim, manifest: ManifestDocument): readonly [Claim, Claim] {
  const place = (claim: Claim) => manifest.place(pathOf(claim, manifest), claim.part);
  const [placeA, placeB] = [place(a), place(b)];
  const later = placeA.line - placeB.line || placeA.column - placeB.column;
  return later > 0 ? [b, a] : [a, b];
}

function pathOf({ at, item }: Claim, manifest: ManifestDocument): NodePath {
  return item === undefined ? at : writtenItem(manifest, at, item);
}

function shop({ readModel, port }: { readModel: string; port: number }): string {
  return `eda: 1
name: shop
contexts:
  ordering: { purpose: Takes orders }
services:
  orders:
    context: ordering
    aggregate: Order
    port: 4001
    commands:
      PlaceOrder: { fields: { orderId: uuid }, emits: [OrderPlaced] }
    events:
      OrderPlaced: { fields: { orderId: uuid } }
outboxes:
  orders: { relay: polling }
readModels:
  ${readModel}: { key: orderId, from: [orders.OrderPlaced], staleness: 5s, port: ${port} }
`;
}
