import { camel, kebab, longestName, pascal } from "./names.ts";

/**
 * The aggregate of a service that names none: `Order` for orders, `Category` for categories, `Status` for status.
 * Simple plurals only; whoever needs another word says so.
 */
export function aggregateOf(service: string): string {
  const whole = pascal(kebab(service));
  if (/(?:ss|us|is)$/.test(whole) || whole.length < 4) return whole;
  if (/ies$/.test(whole)) return whole.replace(/ies$/, "y");
  if (/(?:sses|xes|ches|shes)$/.test(whole)) return whole.replace(/es$/, "");
  return whole.replace(/s$/, "");
}

/** Key field of an aggregate that names none: `orderId`; `id` where that would be longer than a name may be. */
export function keyOf(aggregate: string): string {
  const key = `${camel(aggregate)}Id`;
  return key.length <= longestName && kebab(key).length <= longestName ? key : "id";
}
