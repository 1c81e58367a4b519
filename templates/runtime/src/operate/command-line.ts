import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";

export const usage = `usage: eda-operate <command> [options]

  dead-letters list               what a service could not handle
    [--type T] [--topic T] [--key K] [--limit N] [--after ID]
  dead-letters show ID            one of them, with its data and its error
  dead-letters replay ID          hands it to its consumer again
  dead-letters replay --all       the same for all that match
    [--type T] [--topic T] [--key K] --yes [--count N]
  dead-letters discard ID --reason TEXT
  dead-letters discard --all --reason TEXT
    [--type T] [--topic T] [--key K] --yes [--count N]
  outbox status                   what is not published yet, and what is parked
  outbox unpark TYPE ID           lets the relay try an aggregate again

  --service NAME                  which one, where several run
  --format text|json              default text

Without --yes the count alone is shown, and nothing is done. --count refuses
when another number matches. Services are those of \`npm run dev\`, or the one
of EDA_ADMIN_URL with its ADMIN_TOKEN. Exit codes: 0 done, 1 not done, 2 usage.`;

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const common = { service: text, format: text, help: { type: "boolean", short: "h" } } as const;
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

export interface CommandLine {
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
  const command = args.slice(0, 2).join(" ");
  if (!isCommand(command)) {
    const known = Object.keys(COMMANDS).join(", ");
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
  const string = (name: string) => (typeof values[name] === "string" ? { [name]: values[name] } : {});
  return {
    command,
    ids: positionals,
    ...string("service"),
    format: oneOf("--format", values.format ?? "text", ["text", "json"]),
    filter: { ...string("type"), ...string("topic"), ...string("key") },
    page: { ...decimal("limit"), ...decimal("after") },
    all,
    yes: values.yes === true,
    ...(values.count === undefined ? {} : { count: Number(decimal("count").count) }),
    reason: command === "dead-letters discard" ? reason(values.reason) : "",
  };

  function decimal(name: string): Record<string, string> {
    const value = values[name];
    if (value === undefined) return {};
    if (typeof value !== "string" || !/^\d{1,19}$/.test(value)) {
      throw new UsageError(`--${name} is \`${value}\`: a whole number is expected`);
    }
    return { [name]: value };
  }
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parsed(args: readonly string[], options: Record<string, { readonly type: "string" | "boolean" }>) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values: values as Values, positionals };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function isCommand(text: string): text is CommandName {
  return Object.hasOwn(COMMANDS, text);
}

function given(values: Values, names: object): boolean {
  return Object.keys(names).some((name) => values[name] !== undefined);
}

function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (!found) throw new UsageError(`${name} is \`${value}\`: one of ${allowed.join(", ")} is expected`);
  return found;
}

function reason(value: unknown): string {
  const said = typeof value === "string" ? value.trim() : "";
  if (said.length === 0 || said.length > 500) {
    throw new UsageError("dead-letters discard takes --reason TEXT, 1 to 500 characters, for the record");
  }
  return said;
}
