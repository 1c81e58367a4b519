import { EdaError } from "../_system/errors.ts";
import { didYouMean } from "../_system/suggest.ts";
import { command as app } from "../app/command.ts";
import { command as outboxMigration } from "../outbox-migration/command.ts";
import { command as service } from "../service/command.ts";
import type { Command, CommandName } from "./command.ts";

/** Every command, by the name that its generator has. */
const commands: Readonly<Record<CommandName, Command<never>>> = { app, service, "outbox-migration": outboxMigration };

/** What `eda add <kind>` takes: the kinds of entry, with their second names. */
export const kinds: Readonly<Record<string, CommandName>> = {
  service: "service",
  outbox: "outbox-migration",
  "outbox-migration": "outbox-migration",
};

export function commandNamed(name: CommandName): Command<never> {
  return commands[name];
}

/** Throws an `EdaError` that names the kinds there are. */
export function commandOfKind(kind: string): Command<never> {
  const name = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (name) return commands[name];
  const known = Object.keys(kinds);
  throw new EdaError(`There is no kind ${JSON.stringify(kind)} to add`, {
    hint: didYouMean(kind, known, `Kinds are ${known.join(", ")}`),
  });
}
