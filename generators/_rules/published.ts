import type { SagaDefinition } from "../../templates/runtime/src/saga/definition.ts";

/** Where what has been published is kept, from the repository's root. */
export const publishedFolder = "contracts/published";

/** A saga's definition as it was published: what runs, compiled. */
export function publishedSaga(saga: string, version: number): string {
  return `${publishedFolder}/sagas/${saga}.v${version}.json`;
}

/** The same bytes for the same definition, in whatever order its file has its keys. */
export function publishedSagaText(definition: SagaDefinition): string {
  return `${JSON.stringify(definition, sorted, 2)}\n`;
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
