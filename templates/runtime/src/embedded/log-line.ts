/** How lines of several processes are shown in one terminal. */
export interface LogStyle {
  /** A person reads along: JSON log lines become one readable line each. Else they stay as they are. */
  readonly pretty: boolean;
  readonly colour: boolean;
  /** Width of the column of names. */
  readonly width: number;
}

/** Pretty on a terminal; with colours unless `NO_COLOR` says otherwise (no-color.org). */
export function logStyle(terminal: boolean, environment: NodeJS.ProcessEnv, names: readonly string[]): LogStyle {
  return {
    pretty: terminal,
    colour: terminal && !environment.NO_COLOR && environment.TERM !== "dumb",
    width: Math.max(0, ...names.map((name) => name.length)),
  };
}

/** A line of process `name`, the `index`-th of them, as it is printed. May be several: a stack trace follows below. */
export function logLine(style: LogStyle, name: string, index: number, line: string): string {
  const colour = (code: number, text: string) => (style.colour && text ? `\x1b[${code}m${text}\x1b[0m` : text);
  const prefix = colour(COLOURS[index % COLOURS.length]!, `${name.padEnd(style.width)} |`);
  const entry = style.pretty ? parse(line) : undefined;
  if (!entry) return `${prefix} ${line}`;
  const { level, time, msg, err, pid: _, hostname: __, service: ___, ...rest } = entry;
  const [label, code] = LEVELS.find(([least]) => Number(level) >= least)!.slice(1) as [string, number];
  const details = Object.entries(rest).map(([key, value]) => `${key}=${inline(value)}`);
  const first = [colour(90, clock(time)), colour(code, label), msg, colour(90, details.join(" "))];
  return [first.filter(Boolean).join(" "), ...stack(err)].map((text) => `${prefix} ${text}`).join("\n");
}

/** Cyan, yellow, green, magenta, blue, red: red last, it looks like an error. */
const COLOURS = [36, 33, 32, 35, 34, 31] as const;

const LEVELS = [
  [60, "FATAL", 31],
  [50, "ERROR", 31],
  [40, "WARN ", 33],
  [30, "INFO ", 32],
  [Number.NEGATIVE_INFINITY, "DEBUG", 90],
] as const;

interface Entry {
  readonly [key: string]: unknown;
  readonly level: number;
  readonly msg?: string;
}

function parse(line: string): Entry | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value = JSON.parse(line) as Partial<Entry>;
    return typeof value.level === "number" ? (value as Entry) : undefined;
  } catch {
    return undefined;
  }
}

function clock(time: unknown): string {
  const date = new Date(time as string | number);
  return Number.isNaN(date.getTime()) ? "" : date.toTimeString().slice(0, 8);
}

function inline(value: unknown): string {
  return typeof value === "string" && !/\s/.test(value) ? value : JSON.stringify(value);
}

function stack(error: unknown): string[] {
  if (typeof error !== "object" || error === null) return [];
  const { stack: text, message } = error as { stack?: unknown; message?: unknown };
  return String(text ?? message ?? JSON.stringify(error))
    .split("\n")
    .map((line) => `  ${line}`);
}
