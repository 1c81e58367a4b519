import { createHash } from "node:crypto";
import type { SagaDefinition } from "./definition.ts";

/**
 * SHA-256 of the definition's canonical JSON, in hexadecimal (R10). Keys are sorted at every depth, so that neither
 * the order of a file's keys nor a round trip through jsonb makes another definition of it.
 */
export function definitionHash(definition: SagaDefinition): string {
  return createHash("sha256").update(JSON.stringify(definition, sorted)).digest("hex");
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
