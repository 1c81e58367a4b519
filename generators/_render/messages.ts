import type { Field, RecordType, Service, System } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";
import { type Code, layOut, property, union as unionOf } from "./layout.ts";
import { handledBy } from "./saga-roles.ts";
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
  const external = service.commands.filter((command) => command.external).map(({ name }) => name);
  const handled = handledBy(system, service).some(({ command }) => !command.external);
  const own = ({ fields }: { readonly fields: readonly Field[] }) => objectType(fields, ownRecord);
  const content = [
    `import type { ${imported(handled, external.length > 0).join(", ")} } from "eda-runtime";`,
    "",
    "/** Records that commands and events share. */",
    table("Types", service.types, own),
    "/** Data of each command. */",
    table("Commands", service.commands, own),
    "/** Data of each event. */",
    table("Events", service.events, own),
    "/** Data of each event of other services that this one reacts to. */",
    table("Subscriptions", subscriptions, (event) => inlined(event.fields, event.types)),
    ...externalCommands(external),
    external.length === 0
      ? union("Command", "keyof Commands", "Commands")
      : union("Command", "Exclude<keyof Commands, External>", "Commands"),
    union("Event", "keyof Events", "Events"),
    '/** What a handler is: `ReactionTo<"orders.OrderPlaced">`. */',
    "export type ReactionTo<T extends keyof Subscriptions> = Reaction<Command, Event, Subscriptions[T]>;",
    "",
    ...(handled ? handlerType : []),
    ...(external.length > 0 ? externalType : []),
  ].join("\n");
  return { kind: "derived", path: `services/${service.name}/src/generated/messages.ts`, content };
}

function table<T extends { readonly name: string }>(name: string, rows: readonly T[], body: (row: T) => Code): string {
  if (rows.length === 0) return `export type ${name} = Record<never, never>;\n`;
  const lines = rows.map((row) => `  ${layOut([`readonly ${property(row.name)}: `, body(row), ";"], 2)}`);
  return [`export type ${name} = {`, ...lines, "};", ""].join("\n");
}

function union(name: string, keys: string, tableName: string): string {
  return [
    `export type ${name} = {`,
    `  readonly [T in ${keys}]: { readonly type: T; readonly data: ${tableName}[T] };`,
    `}[${keys}];`,
    "",
  ].join("\n");
}

function imported(hasHandlers: boolean, hasExternal: boolean): readonly string[] {
  return [...(hasHandlers ? ["CommandHandler"] : []), ...(hasExternal ? ["ExternalCommand"] : []), "Reaction"];
}

function externalCommands(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const type = layOut(["export type External = ", unionOf(names.map((name) => JSON.stringify(name))), ";"]);
  return ["/** Commands that call something outside the database: the decider sees none of them. */", type, ""];
}

const handlerType = [
  '/** What does as a saga asks: `HandlerOf<"ReserveStock">`. */',
  'export type HandlerOf<T extends Command["type"]> = CommandHandler<Command, Event, Extract<Command, { type: T }>>;',
  "",
];

const externalType = [
  '/** What calls a provider where a saga asks for it: `ExternalOf<"CapturePayment">`. */',
  "export type ExternalOf<T extends External> = ExternalCommand<Event, Commands[T]>;",
  "",
];

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
