import description from "./manifest.schema.json" with { type: "json" };

/**
 * What `schema.ts` says of `eda.yaml`, as a JSON Schema made of it beforehand: a sound manifest needs no more, and Joi
 * alone takes as long to load as all the rest. To make it again: node generators/_system/write-manifest-schema.ts
 */
export const manifestJsonSchema: Readonly<Record<string, unknown>> = description;

/** The top-level keys, in the order in which the generators write them. */
export const sectionNames: readonly string[] = Object.keys(description.properties);

/** Content of `.eda/manifest.schema.json`, the same bytes every time. */
export function manifestSchemaText(): string {
  return `${JSON.stringify(description, null, 2)}\n`;
}
