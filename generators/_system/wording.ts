import type { NodePath } from "./place.ts";

/** How paths, keys and values of a manifest are shown in messages: on one line, never long, never raw. */

/** `services.orders.port`, `services.orders.subscribes[0]`; `The manifest` for the root, or what it is called. */
export function dotted(path: NodePath, whole = "the manifest"): string {
  if (path.length === 0) return whole[0]?.toUpperCase() + whole.slice(1);
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : `${at === 0 ? "" : "."}${shownKey(step)}`))
    .join("");
}

export function shownKey(key: string): string {
  return /^[A-Za-z0-9_.-]{1,80}$/.test(key) ? key : shown(key);
}

export function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  if (typeof value !== "string") return String(value);
  const signs = [...value];
  return harmless(JSON.stringify(signs.length > 60 ? `${signs.slice(0, 60).join("")}…` : value));
}

/** A text without signs that a terminal obeys, such as line breaks, and those that turn the reading direction round. */
export function harmless(text: string): string {
  const hidden = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
  return text.replace(hidden, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
