import type { ServiceDefinition } from "../service/definition.ts";

/** An id is part of keys in tables and on the broker, which have limits of their own far above this. */
const LONGEST = 255;

export const ID_RULE = `must be a text of 1 to ${LONGEST} characters, or a whole number`;

/** The id of the aggregate that a command is for or an event happened to; `undefined` when the data has none. */
export function aggregateIdIn(definition: ServiceDefinition, data: object): string | undefined {
  const value: unknown = Object.hasOwn(data, definition.key) ? Reflect.get(data, definition.key) : undefined;
  if (typeof value === "string") return value !== "" && value.length <= LONGEST ? value : undefined;
  return Number.isSafeInteger(value) ? String(value) : undefined;
}
