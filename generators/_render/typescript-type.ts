import type { Field, FieldType, ScalarName } from "../_system/system.ts";
import { braces, type Code, property, union } from "./layout.ts";

const scalars: Readonly<Record<ScalarName, Code>> = {
  string: "string",
  uuid: "string",
  int: "number",
  decimal: "string",
  money: braces(["readonly amount: number", "readonly currency: string"], ";"),
  boolean: "boolean",
  timestamp: "string",
  date: "string",
  json: "unknown",
};

/** What to write for a record, by its name. */
export type RecordCode = (name: string) => Code;

/** `{ readonly orderId: string; readonly note?: string }`. */
export function objectType(fields: readonly Field[], record: RecordCode): Code {
  return braces(
    fields.map(({ name, type }) => {
      const mark = type.kind === "optional" ? "?" : "";
      return [`readonly ${property(name)}${mark}: `, typescriptType(type, record)];
    }),
    ";",
  );
}

/** TypeScript type of a value: `readonly string[]`. An optional type is that of the value where there is one. */
export function typescriptType(type: FieldType, record: RecordCode): Code {
  switch (type.kind) {
    case "scalar":
      return scalars[type.name];
    case "enum":
      return union(type.values.map((value) => JSON.stringify(value)));
    case "record":
      return record(type.name);
    case "list":
      return listOf(type.of, record);
    case "optional":
      return typescriptType(type.of, record);
  }
}

function listOf(of: FieldType, record: RecordCode): Code {
  if (of.kind === "enum" && of.values.length > 1) {
    return [
      "readonly ",
      union(
        of.values.map((value) => JSON.stringify(value)),
        true,
      ),
      "[]",
    ];
  }
  const item = typescriptType(of, record);
  return of.kind === "list" ? ["readonly (", item, ")[]"] : ["readonly ", item, "[]"];
}
