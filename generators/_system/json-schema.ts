import { recordsIn } from "./field-types.ts";
import type { Field, FieldType, RecordType, ScalarName } from "./system.ts";

/** A JSON Schema (2020-12) as plain data. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

const safeInteger = {
  type: "integer",
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
} as const;

const scalars: Readonly<Record<ScalarName, JsonSchema>> = {
  string: { type: "string" },
  uuid: { type: "string", format: "uuid" },
  int: safeInteger,
  // Text, so that no reader turns it into a binary fraction.
  decimal: { type: "string", pattern: "^-?(0|[1-9][0-9]{0,37})(\\.[0-9]{1,18})?$" },
  money: {
    type: "object",
    description: "An amount in minor units (cents) and its ISO 4217 currency",
    properties: { amount: safeInteger, currency: { type: "string", pattern: "^[A-Z]{3}$" } },
    required: ["amount", "currency"],
    additionalProperties: false,
  },
  boolean: { type: "boolean" },
  timestamp: { type: "string", format: "date-time" },
  date: { type: "string", format: "date" },
  json: {},
};
for (const schema of Object.values(scalars)) Object.freeze(schema);

/** Schemas by type and by record, which many fields and messages share: each is made once, and frozen. */
const made = new WeakMap<FieldType | RecordType, JsonSchema>();

function once<T extends FieldType | RecordType>(of: T, make: (of: T) => JsonSchema): JsonSchema {
  let schema = made.get(of);
  if (schema === undefined) {
    schema = Object.freeze(make(of));
    made.set(of, schema);
  }
  return schema;
}

/** JSON Schema of a value; records are references to `#/$defs/NAME`. What is optional may be absent, never null. */
export function jsonSchemaOf(type: FieldType): JsonSchema {
  return type.kind === "scalar" ? scalars[type.name] : once(type, schemaOf);
}

function schemaOf(type: FieldType): JsonSchema {
  switch (type.kind) {
    case "scalar":
      return scalars[type.name];
    case "enum":
      return { type: "string", enum: type.values };
    case "record":
      return { $ref: `#/$defs/${type.name}` };
    case "list":
      return { type: "array", items: jsonSchemaOf(type.of) };
    case "optional":
      return jsonSchemaOf(type.of);
  }
}

/** JSON Schema of a message: a closed object that carries the definitions of the records it reaches. */
export function messageSchema(fields: readonly Field[], records: readonly RecordType[]): JsonSchema {
  const reached = recordsReached(fields, records);
  const definitions = Object.fromEntries(
    reached.map((record) => [record.name, once(record, ({ fields }) => objectSchema(fields))]),
  );
  return { ...objectSchema(fields), ...(reached.length > 0 ? { $defs: definitions } : {}) };
}

function objectSchema(fields: readonly Field[]): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field.name, jsonSchemaOf(field.type)])),
    required: fields.filter((field) => field.type.kind !== "optional").map((field) => field.name),
    additionalProperties: false,
  };
}

/** The records that fields mention, directly or through other records, sorted by name. Unknown names are left out. */
export function recordsReached(fields: readonly Field[], records: readonly RecordType[]): readonly RecordType[] {
  const byName = new Map(records.map((record) => [record.name, record]));
  const reached = new Set<RecordType>();
  const visit = (some: readonly Field[]): void => {
    for (const name of some.flatMap((field) => recordsIn(field.type))) {
      const record = byName.get(name);
      if (record === undefined || reached.has(record)) continue;
      reached.add(record);
      visit(record.fields);
    }
  };
  visit(fields);
  return [...reached].sort((a, b) => (a.name < b.name ? -1 : 1));
}
