import { parseArgs } from "node:util";
import { pageLimit } from "../service/admin-api.ts";
import { UsageError } from "./errors.ts";

export const text = { type: "string" } as const;
export const flag = { type: "boolean" } as const;
export const common = { service: text, format: text, help: { type: "boolean", short: "h" } } as const;

export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** @throws UsageError on an option that is not one of `options` */
export function parsed(args: readonly string[], options: Record<string, { readonly type: "string" | "boolean" }>) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values: values as Values, positionals };
  } catch (error) {
    // The rest of what it says is about arguments that begin with a hyphen: there are none here.
    throw new UsageError((error as Error).message.split(". ")[0] ?? "");
  }
}

export function given(values: Values, names: object): boolean {
  return Object.keys(names).some((name) => values[name] !== undefined);
}

export function oneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (!found) throw new UsageError(`${name} is \`${value}\`: one of ${allowed.join(", ")} is expected`);
  return found;
}

/** @param command that asks for it */
export function reason(command: string, value: unknown): string {
  const said = typeof value === "string" ? value.trim() : "";
  if (said.length === 0 || said.length > 500) {
    throw new UsageError(`${command} takes --reason TEXT, 1 to 500 characters, for the record`);
  }
  return said;
}

/** Those of `names` that are given, as they are. */
export function strings<Name extends string>(values: Values, ...names: readonly Name[]): { [name in Name]?: string } {
  const pairs = names.map((name) => [name, values[name]]).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(pairs) as { [name in Name]?: string };
}

/** Those of `names` that are given, each a whole number. */
export function decimals<Name extends string>(values: Values, ...names: readonly Name[]): { [name in Name]?: string } {
  for (const name of names) {
    const value = values[name];
    const [least, most] = name === "limit" ? [1, pageLimit] : [0, Number.POSITIVE_INFINITY];
    const number = typeof value === "string" && /^\d{1,19}$/.test(value) ? Number(value) : Number.NaN;
    if (value !== undefined && !(number >= least && number <= most))
      throw new UsageError(
        `--${name} is \`${value}\`: a whole number from ${least}${name === "limit" ? ` to ${most}` : ""} is expected`,
      );
  }
  return strings(values, ...names);
}

export function formatOf(values: Values): "text" | "json" {
  return oneOf("--format", values.format ?? "text", ["text", "json"]);
}
