import { command as app } from "../app/command.ts";
import { command as outboxMigration } from "../outbox-migration/command.ts";
import { command as saga } from "../saga/command.ts";
import { command as service } from "../service/command.ts";
import type { Command, CommandName } from "./command.ts";

/** Every command, by the name that its generator has. */
const commands: Readonly<Record<CommandName, Command<never>>> = {
  app,
  service,
  saga,
  "outbox-migration": outboxMigration,
};

/** What `eda add <kind>` takes: the kinds of entry, with their second names. */
export const kinds: Readonly<Record<string, CommandName>> = {
  service: "service",
  saga: "saga",
  outbox: "outbox-migration",
  "outbox-migration": "outbox-migration",
};

export function commandNamed(name: CommandName): Command<never> {
  return commands[name];
}

/** The kind as it is typed most: `outbox` of `outbox-migration`. */
export function kindOf(name: CommandName): string {
  return Object.keys(kinds).find((kind) => kinds[kind] === name) ?? name;
}

/** The command as it is typed: `eda add outbox`. */
export function typed(name: CommandName): string {
  return name === "app" ? "eda new" : `eda add ${kindOf(name)}`;
}
