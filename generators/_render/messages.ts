import type { Field, RecordType, Service, System } from "../_system/system.ts";
import { propertyName, typescriptTypeOf } from "../_system/typescript-type.ts";
import type { RenderedFile } from "./file.ts";
import { subscriptionsOf } from "./subscriptions.ts";

/**
 * `src/generated/messages.ts`: the service's messages as discriminated unions. Message names become keys and
 * string literals, never identifiers, so an event called `Date` or `class` is as good as any other.
 */
export function messagesFile(system: System, service: Service): RenderedFile {
  const subscriptions = subscriptionsOf(system, service).map(({ type, event, owner }) => ({
    name: type,
    fields: event.fields,
    types: owner.types,
  }));
  const content = [
    "/** Records that commands and events share. */",
    table("Types", service.types, (type) => objectType(type.fields)),
    "/** Data of each command. */",
    table("Commands", service.commands, (command) => objectType(command.fields)),
    "/** Data of each event. */",
    table("Events", service.events, (event) => objectType(event.fields)),
    "/** Data of each event of other services that this one reacts to. */",
    table("Subscriptions", subscriptions, (event) => inlined(event.fields, event.types)),
    union("Command", "Commands"),
    union("Event", "Events"),
  ].join("\n");
  return { kind: "derived", path: `services/${service.name}/src/generated/messages.ts`, content };
}

function table<T extends { readonly name: string }>(name: string, rows: readonly T[], body: (row: T) => string) {
  if (rows.length === 0) return `export type ${name} = Record<never, never>;\n`;
  const lines = rows.map((row) => `  readonly ${propertyName(row.name)}: ${body(row)};`);
  return [`export type ${name} = {`, ...lines, "};", ""].join("\n");
}

function union(name: string, tableName: string): string {
  return [
    `export type ${name} = {`,
    `  readonly [T in keyof ${tableName}]: { readonly type: T; readonly data: ${tableName}[T] };`,
    `}[keyof ${tableName}];`,
    "",
  ].join("\n");
}

function objectType(fields: readonly Field[]): string {
  return objectOf(fields, (record) => `Types[${JSON.stringify(record)}]`);
}

/** Another service's records are spelt out, since its `Types` are its own. */
function inlined(fields: readonly Field[], types: readonly RecordType[], above: readonly string[] = []): string {
  return objectOf(fields, (name) => {
    const record = types.find((type) => type.name === name);
    // A record that holds itself has no finite spelling; its depth ends here.
    return record && !above.includes(name) ? inlined(record.fields, types, [...above, name]) : "unknown";
  });
}

function objectOf(fields: readonly Field[], record: (name: string) => string): string {
  if (fields.length === 0) return "{}";
  const parts = fields.map(({ name, type }) => {
    const optional = type.kind === "optional";
    const inner = optional ? type.of : type;
    return `readonly ${propertyName(name)}${optional ? "?" : ""}: ${typescriptTypeOf(inner, record)}`;
  });
  return `{ ${parts.join("; ")} }`;
}
