import { createHash } from "node:crypto";
import type { SagaDefinition } from "./definition.ts";

/** R10: by what an instance knows the definition that it began with. */
export function definitionHash(definition: SagaDefinition): string {
  return jsonHash(definition);
}

/**
 * SHA-256 of a value's canonical JSON, in hexadecimal. Keys are sorted at every depth, so that neither their order nor
 * a round trip through jsonb makes another value of it.
 */
export function jsonHash(value: object): string {
  return createHash("sha256").update(JSON.stringify(value, sorted)).digest("hex");
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
