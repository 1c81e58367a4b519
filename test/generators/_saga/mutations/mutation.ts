import { type Open, type OpenSystem, type sagaNames, validSystem } from "../valid-system.ts";

export interface Mutation {
  /** The rule that has to catch it. */
  readonly rule: string;
  readonly what: string;
  /** Which saga is broken. */
  readonly saga: (typeof sagaNames)[number];
  apply(system: OpenSystem): void;
}

export type Path = readonly (string | number)[];

/** A map of a definition: what it is, and which of its keys must be there. */
export interface Part {
  readonly saga: Mutation["saga"];
  readonly path: Path;
  readonly kind: "top" | "group" | "step" | "compensation" | "ending" | "retry" | "input";
}

const commands = ["step", "compensation", "ending"] as const;

export const isCommand = ({ kind }: Part): boolean => commands.some((each) => each === kind);

export const original = validSystem();

export const mapAt = ({ saga, path }: Part, system: OpenSystem = original): Open =>
  path.reduce<Open>((value, step) => value[step], system.sagas[saga]);

export function mutation(
  rule: string,
  part: Part,
  what: string,
  change: (value: Open, system: OpenSystem) => void,
): Mutation {
  const { saga, path } = part;
  return {
    rule: `EDA-${rule}`,
    what: `${saga}: ${path.join(".")} ${what}`,
    saga,
    apply: (system) => change(mapAt(part, system), system),
  };
}

export function set(rule: string, part: Part, key: string, value: unknown): Mutation {
  return mutation(rule, part, `${key}: ${JSON.stringify(value)}`, (map) => {
    map[key] = value;
  });
}

export function drop(rule: string, part: Part, key: string): Mutation {
  return mutation(rule, part, `without ${key}`, (map) => {
    delete map[key];
  });
}

export function rename(rule: string, part: Part, key: string, to: string): Mutation {
  return mutation(rule, part, `${to} in place of ${key}`, (map) => {
    const entries = Object.entries(map).map(([each, value]) => [each === key ? to : each, value] as const);
    for (const each of Object.keys(map)) delete map[each];
    Object.assign(map, Object.fromEntries(entries));
  });
}

/** Two neighbouring letters change places; where they are the same one, a letter is doubled. */
export function misspelt(word: string): string {
  const at = Math.max(0, word.search(/(?<=[A-Za-z])[a-z]{2}/));
  const [a = "", b = ""] = [word[at], word[at + 1]];
  return a === b ? `${word}${word.at(-1)}` : word.slice(0, at) + b + a + word.slice(at + 2);
}

/** The last part of a reference or a path, misspelt. */
export function misspeltEnd(text: string): string {
  const dot = text.lastIndexOf(".");
  return `${text.slice(0, dot + 1)}${misspelt(text.slice(dot + 1))}`;
}
