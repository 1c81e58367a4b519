import { adminPortOffset } from "../_rules/claims.ts";
import { camel, kebab, longestName, pascal } from "../_system/names.ts";
import type { System } from "../_system/system.ts";

/** What a new service gets where nobody says otherwise. */

const firstPort = 4001;

/** `Order` of orders. Simple plurals only; whoever needs another word says so. */
export function aggregateOf(service: string): string {
  const name = pascal(service);
  if (/ies$/i.test(name)) return name.replace(/ies$/i, "y");
  return /[^su]s$/i.test(name) ? name.slice(0, -1) : name;
}

/** `orderId`; `id` where that would be longer than a name may be. */
export function keyOf(aggregate: string): string {
  const key = `${camel(aggregate)}Id`;
  return key.length <= longestName && kebab(key).length <= longestName ? key : "id";
}

/** The first port from 4001 on that nobody listens on; an admin endpoint listens above each. */
export function freePort({ services, readModels }: System): number {
  const taken = new Set([...services, ...readModels].flatMap(({ port }) => [port, port + adminPortOffset]));
  let port = firstPort;
  while (taken.has(port) || taken.has(port + adminPortOffset)) port++;
  return port;
}
