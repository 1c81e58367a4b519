import { Command as Program } from "commander";
import { hasTerminal, terminal } from "../_command/ask.ts";
import type { Command } from "../_command/command.ts";
import { dryRunOf } from "../_command/door.ts";
import { afterwards } from "../_command/finish.ts";
import { outputTo } from "../_command/output.ts";
import { commandNamed, kindOf, kinds } from "../_command/registry.ts";
import { saidOf, saidTwice } from "../_command/said.ts";
import { openSession } from "../_command/session.ts";
import { EdaError } from "../_system/errors.ts";
import { UsageError } from "./usage.ts";

interface CommonFlags {
  readonly defaults?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly diff?: boolean;
  readonly skipInstall?: boolean;
}

/** `eda new` and `eda add <kind>`: the same descriptions that Yeoman's generators are made from. */
export function addCommands(): readonly Program[] {
  const add = new Program("add").description("Adds to the repository that this folder belongs to").exitOverride();
  for (const name of new Set(Object.values(kinds))) {
    const [kind, ...aliases] = Object.keys(kinds).filter((each) => kinds[each] === name);
    add.addCommand(programOf(commandNamed(name), kind!, aliases).exitOverride());
  }
  for (const kind of ["read-model", "streams-app"]) add.addCommand(notYet(kind), { hidden: true });
  return [programOf(commandNamed("app"), "new", []), add];
}

/** A kind that the manifest's format knows already. */
function notYet(kind: string): Program {
  return new Program(kind)
    .argument("[words...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(() => {
      throw new EdaError(`This version cannot add a ${kind} yet; a later one will`, {
        hint: `It adds ${[...new Set(Object.values(kinds).map(kindOf))].join(", ")}: see \`eda add --help\``,
      });
    });
}

/** Of a value that is said twice the last would win, and the first be lost without a word. */
function once(flag: string): (text: string, before: string | undefined) => string {
  return (text, before) => {
    if (before === undefined) return text;
    const { message, hint = "" } = saidTwice(flag.split(" ")[0]!);
    throw new UsageError(message, { hint });
  };
}

function programOf(command: Command<never>, name: string, aliases: readonly string[]): Program {
  const program = new Program(name)
    .description(command.summary)
    .aliases([...aliases])
    .showSuggestionAfterError();
  for (const { key, flag, describe } of command.options) {
    if (key === command.argument) program.argument(`[${key}]`, describe);
    else program.option(flag, describe, once(flag));
  }
  program
    .option("--defaults", "take every default, ask nothing")
    .option("--answers <file>", "answers from a YAML file", once("--answers"))
    .option("--force", "overwrite derived files that were changed by hand")
    .option("--dry-run", "print what would change, write nothing")
    .option("--diff", "as --dry-run, with what is in new files");
  if (command.name === "app") program.option("--skip-install", "do not run npm install");
  else program.option("--skip-install", "accepted for scripts; nothing is installed here");
  return program.action(async (argument: string | undefined, flags: CommonFlags & Record<string, unknown>) => {
    const output = outputTo(process.stdout);
    const session = openSession({
      cwd: process.cwd(),
      output,
      ...(hasTerminal() && flags.defaults !== true && { asker: terminal }),
      defaults: flags.defaults === true,
      force: flags.force === true,
      dryRun: dryRunOf(flags),
    });
    const args = argument === undefined ? [] : [argument];
    await session.add({ command: command.name, said: saidOf(command, args, flags) });
    const committed = await session.commit();
    if (committed) await afterwards(committed, output, flags.skipInstall === true);
  });
}
