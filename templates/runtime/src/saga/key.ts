import type { Json } from "./definition.ts";
import { within } from "./input.ts";

/** R1: a saga's key, as an event carries it at `path`; undefined where it carries none that could be one. */
export function keyIn(path: readonly string[], data: unknown): string | undefined {
  const key = within(data as Json, path);
  return (typeof key === "string" && key !== "") || typeof key === "number" ? String(key) : undefined;
}
