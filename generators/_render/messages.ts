import type { Field, RecordType, Service, System } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";
import { type Code, layOut, property } from "./layout.ts";
import { subscriptionsOf } from "./subscriptions.ts";
import { objectType } from "./typescript-type.ts";

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
  const own = ({ fields }: { readonly fields: readonly Field[] }) => objectType(fields, ownRecord);
  const content = [
    'import type { Reaction } from "eda-runtime";',
    "",
    "/** Records that commands and events share. */",
    table("Types", service.types, own),
    "/** Data of each command. */",
    table("Commands", service.commands, own),
    "/** Data of each event. */",
    table("Events", service.events, own),
    "/** Data of each event of other services that this one reacts to. */",
    table("Subscriptions", subscriptions, (event) => inlined(event.fields, event.types)),
    union("Command", "Commands"),
    union("Event", "Events"),
    '/** What a handler is: `ReactionTo<"orders.OrderPlaced">`. */',
    "export type ReactionTo<T extends keyof Subscriptions> = Reaction<Command, Event, Subscriptions[T]>;",
    "",
  ].join("\n");
  return { kind: "derived", path: `services/${service.name}/src/generated/messages.ts`, content };
}

function table<T extends { readonly name: string }>(name: string, rows: readonly T[], body: (row: T) => Code): string {
  if (rows.length === 0) return `export type ${name} = Record<never, never>;\n`;
  const lines = rows.map((row) => `  ${layOut([`readonly ${property(row.name)}: `, body(row), ";"], 2)}`);
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

function ownRecord(name: string): Code {
  return `Types[${JSON.stringify(name)}]`;
}

/** Another service's records are spelt out, since its `Types` are its own. */
function inlined(fields: readonly Field[], types: readonly RecordType[], above: readonly string[] = []): Code {
  return objectType(fields, (name) => {
    const record = types.find((type) => type.name === name);
    // A record that holds itself has no finite spelling; its depth ends here.
    return record && !above.includes(name) ? inlined(record.fields, types, [...above, name]) : "unknown";
  });
}
