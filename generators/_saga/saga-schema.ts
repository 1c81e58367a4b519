import description from "./saga.schema.json" with { type: "json" };

/**
 * What `schema.ts` says of a saga's definition, as a JSON Schema made of it beforehand: a sound definition needs no
 * more. To make it again: node generators/_saga/write-saga-schema.ts
 */
export const sagaJsonSchema: Readonly<Record<string, unknown>> = description;

/** Content of `.eda/saga.schema.json`, the same bytes every time. */
export function sagaSchemaText(): string {
  return `${JSON.stringify(description, null, 2)}\n`;
}
