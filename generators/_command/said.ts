import { EdaError } from "../_system/errors.ts";
import { readAnswersFile } from "./answers.ts";
import type { Command } from "./command.ts";
import { kindOf } from "./registry.ts";

/**
 * What was said to a command, as text by option key: the answers file first, then flags and the argument, which
 * count for more. `options` holds flags by their names as typed or in camelCase, as Yeoman and commander give them.
 */
export function saidOf(
  command: Command<never>,
  args: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const file = options.answers;
  const said: Record<string, string> = typeof file === "string" ? { ...readAnswersFile(file, command) } : {};
  for (const { key, flag } of command.options) {
    const name = key === command.argument ? undefined : flag.split(" ")[0]!.slice(2);
    const value = name === undefined ? (args[0] ?? options[key]) : options[name];
    // Yeoman makes a list of a flag that is there twice.
    if (Array.isArray(value)) throw saidTwice(`--${name ?? key}`);
    if (value !== undefined && value !== null && value !== false) said[key] = String(value);
  }
  return said;
}

export function saidTwice(flag: string): EdaError {
  return new EdaError(`${flag} is there twice`, { hint: "Say it once; several values are one list: A,B" });
}

/** The words after `eda` that say the same: `add service rooms --commands BookRoom --defaults`. */
export function typedOf(
  command: Command<never>,
  said: Readonly<Record<string, string>>,
  flags: readonly string[],
): readonly string[] {
  const verb = command.name === "app" ? ["new"] : ["add", kindOf(command.name)];
  const argument = said[command.argument];
  const options = command.options.flatMap(({ key, flag }) => {
    const text = key === command.argument ? undefined : said[key];
    return text === undefined ? [] : [`${flag.split(" ")[0]}=${text}`];
  });
  return [
    ...verb,
    ...options,
    ...flags.map((flag) => `--${flag}`),
    ...(argument === undefined ? [] : ["--", argument]),
  ];
}
