import { typescriptIdentifier } from "./identifiers.ts";
import type { FieldType, ScalarName } from "./system.ts";

const scalars: Readonly<Record<ScalarName, string>> = {
  string: "string",
  uuid: "string",
  int: "number",
  decimal: "string",
  money: "{ readonly amount: number; readonly currency: string }",
  boolean: "boolean",
  timestamp: "string",
  date: "string",
  json: "unknown",
};

/**
 * TypeScript type of a value: `readonly string[]`. An optional type is that of the value where there is one.
 * @param record What to write for a record of this name; its identifier unless told.
 */
export function typescriptTypeOf(type: FieldType, record: (name: string) => string = typescriptIdentifier): string {
  switch (type.kind) {
    case "scalar":
      return scalars[type.name];
    case "enum":
      return type.values.map((value) => JSON.stringify(value)).join(" | ");
    case "record":
      return record(type.name);
    case "list": {
      const item = typescriptTypeOf(type.of, record);
      return type.of.kind === "enum" || type.of.kind === "list" ? `readonly (${item})[]` : `readonly ${item}[]`;
    }
    case "optional":
      return typescriptTypeOf(type.of, record);
  }
}

/** A name as a property of an object type: bare where it may be, else quoted. Reserved words may be bare. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
}
