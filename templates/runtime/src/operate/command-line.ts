import { UsageError } from "./errors.ts";
import { common, decimals, flag, formatOf, given, parsed, reason, strings, text } from "./options.ts";
import { type SagaLine, sagaLine } from "./saga-line.ts";
import { type TraceLine, traceLine } from "./trace/trace-line.ts";
import { usage } from "./usage.ts";

const filter = { type: text, topic: text, key: text } as const;
const bulk = { ...filter, all: flag, yes: flag, count: text } as const;

/** Which options each command takes, and what its arguments are called. */
const COMMANDS = {
  "dead-letters list": { options: { ...filter, limit: text, after: text }, ids: [] },
  "dead-letters show": { options: {}, ids: ["ID"] },
  "dead-letters replay": { options: bulk, ids: ["ID"] },
  "dead-letters discard": { options: { ...bulk, reason: text }, ids: ["ID"] },
  "outbox status": { options: {}, ids: [] },
  "outbox unpark": { options: {}, ids: ["TYPE", "ID"] },
} as const;

export type CommandName = keyof typeof COMMANDS;

export type CommandLine =
  | PlainLine
  | ({ readonly command: "sagas" } & SagaLine)
  | ({ readonly command: "trace" } & TraceLine);

/** A command about dead letters or the outbox, as typed. */
export interface PlainLine {
  readonly command: CommandName;
  readonly ids: readonly string[];
  readonly service?: string;
  readonly format: "text" | "json";
  readonly filter: { readonly type?: string; readonly topic?: string; readonly key?: string };
  readonly page: { readonly limit?: string; readonly after?: string };
  readonly all: boolean;
  readonly yes: boolean;
  readonly count?: number;
  readonly reason: string;
}

/** @throws UsageError that names what is wrong; `help` when that was asked for */
export function commandLine(args: readonly string[]): CommandLine | "help" {
  if (args.includes("--help") || args.includes("-h")) return "help";
  if (args[0] === "trace") return { command: "trace", ...traceLine(args.slice(1)) };
  return args[0] === "sagas" ? { command: "sagas", ...sagaLine(args.slice(1)) } : plainLine(args);
}

function plainLine(args: readonly string[]): PlainLine {
  const command = args.slice(0, 2).join(" ");
  if (!isCommand(command)) {
    const known = [...Object.keys(COMMANDS), "sagas", "trace"].join(", ");
    throw new UsageError(args.length === 0 ? usage : `there is no command \`${command}\`\nThere are: ${known}`);
  }
  const { options, ids } = COMMANDS[command];
  const { values, positionals } = parsed(args.slice(2), { ...common, ...options });
  const all = values.all === true;
  const expected = all ? [] : ids;
  if (positionals.length !== expected.length) {
    const wanted = expected.length === 0 ? "no argument" : expected.join(" ");
    const bulkHint = "all" in options && !all ? ", or --all" : "";
    throw new UsageError(`${command} takes ${wanted}${bulkHint}, and was given ${positionals.join(" ") || "none"}`);
  }
  const odd = command.startsWith("dead-letters") ? positionals.find((id) => !/^\d{1,19}$/.test(id)) : undefined;
  if (odd !== undefined) throw new UsageError(`\`${odd}\` is no id of a dead letter: \`dead-letters list\` shows them`);
  if (!all && (values.yes || values.count || (command !== "dead-letters list" && given(values, filter)))) {
    throw new UsageError(`${command} takes a filter, --yes and --count with --all alone`);
  }
  return {
    command,
    ids: positionals,
    ...strings(values, "service"),
    format: formatOf(values),
    filter: strings(values, "type", "topic", "key"),
    page: decimals(values, "limit", "after"),
    all,
    yes: values.yes === true,
    ...(values.count === undefined ? {} : { count: Number(decimals(values, "count").count) }),
    reason: command === "dead-letters discard" ? reason(command, values.reason) : "",
  };
}

function isCommand(text: string): text is CommandName {
  return Object.hasOwn(COMMANDS, text);
}
