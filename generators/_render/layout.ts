/**
 * Generated TypeScript, laid out as a formatter would: on one line where it fits, else one item a line. Text that
 * begins with `//` is a comment on the line before what follows it.
 */
export type Code = string | Block | Literal | readonly Code[];

export interface Block {
  readonly open: string;
  readonly items: readonly Code[];
  readonly close: string;
  /** `|` is a union: in front of each item where it takes several lines. */
  readonly separator: "," | ";" | "|";
}

/** A value that is JSON. */
export interface Literal {
  readonly value: unknown;
}

/** Characters that a line may have. */
const width = 120;

/** `{ a, b }`: members of an object, or of its type. */
export function braces(items: readonly Code[], separator: "," | ";" = ","): Block {
  return { open: "{", items, close: "}", separator };
}

/** `[a, b]`. */
export function brackets(items: readonly Code[]): Block {
  return { open: "[", items, close: "]", separator: "," };
}

/** `(a, b)`. */
export function parentheses(items: readonly Code[]): Block {
  return { open: "(", items, close: ")", separator: "," };
}

/** `a | b`; in parentheses where something follows that would bind more tightly. */
export function union(items: readonly Code[], isInParentheses = false): Block {
  return { open: isInParentheses ? "(" : "", items, close: isInParentheses ? ")" : "", separator: "|" };
}

/** A value that is JSON, as TypeScript: keys are quoted only where they must be. */
export function literal(value: unknown): Code {
  return typeof value === "object" && value !== null ? { value } : JSON.stringify(value);
}

/** A name as a property: bare where it may be, else quoted. Reserved words may be bare. */
export function property(name: string): string {
  let known = properties.get(name);
  if (known === undefined) {
    known = /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : JSON.stringify(name);
    properties.set(name, known);
  }
  return known;
}

const properties = new Map<string, string>();

/** Lays code out that begins in a column, in lines indented by so many characters, with so many more behind it. */
export function layOut(code: Code, indent = 0, column = indent, behind = 0): string {
  if (typeof code === "string") return code;
  if (isSequence(code)) return sequence(code, indent, column, behind);
  const flat = onOneLine(code, width - column - behind);
  if (flat !== undefined) return flat;
  if (!isLiteral(code)) return broken(code, indent);
  const pieces: string[] = [];
  literalInLines(code.value as object, indent, pieces);
  return pieces.join("");
}

function sequence(parts: readonly Code[], indent: number, column: number, behind: number): string {
  let text = "";
  let at = column;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]!;
    if (typeof part === "string" && part.startsWith("//")) {
      text += `${part}\n${" ".repeat(indent)}`;
      continue;
    }
    const piece = typeof part === "string" ? part : layOut(part, indent, at, lengthFrom(parts, index + 1) + behind);
    const end = piece.lastIndexOf("\n");
    at = end < 0 ? at + piece.length : piece.length - end - 1;
    // A union that takes several lines begins on the next.
    text = piece.startsWith("\n") ? text.trimEnd() + piece : text + piece;
  }
  return text;
}

/** Characters of the parts from here on that cannot be broken. */
function lengthFrom(parts: readonly Code[], start: number): number {
  let length = 0;
  for (let index = start; index < parts.length; index++) {
    const part = parts[index]!;
    if (typeof part === "string") length += part.length;
  }
  return length;
}

function broken({ open, items, close, separator }: Block, indent: number): string {
  const inner = indent + 2;
  const margin = `\n${" ".repeat(inner)}`;
  const end = `\n${" ".repeat(indent)}${close}`;
  if (separator === "|") {
    const members = items.map((item) => `${margin}| ${layOut(item, inner, inner + 2)}`).join("");
    return open === "" ? members : open + members + end;
  }
  return open + items.map((item) => margin + layOut(item, inner, inner, 1) + separator).join("") + end;
}

/** The code on one line of at most so many characters; undefined where it is longer, or formatters break it. */
function onOneLine(code: Code, most: number): string | undefined {
  if (typeof code === "string") return code.length <= most && !code.startsWith("//") ? code : undefined;
  if (isLiteral(code)) return literalOnOneLine(code.value, most);
  if (isSequence(code)) return joined(code, "", most);
  const { open, items, close, separator } = code;
  const padding = open === "{" && items.length > 0 ? " " : "";
  const inside = joined(items, separator === "|" ? " | " : `${separator} `, most - 2 - 2 * padding.length);
  return inside === undefined ? undefined : open + padding + inside + padding + close;
}

function joined(parts: readonly Code[], between: string, most: number): string | undefined {
  let text = "";
  for (const part of parts) {
    if (text !== "") text += between;
    const flat = onOneLine(part, most - text.length);
    if (flat === undefined) return undefined;
    text += flat;
  }
  return text;
}

/** As a block of the same members would be, without making one: most of what is laid out is such values. */
function literalOnOneLine(value: unknown, most: number): string | undefined {
  if (most < 0) return undefined;
  if (typeof value !== "object" || value === null) {
    const text = JSON.stringify(value);
    return text.length <= most ? text : undefined;
  }
  if (!Object.isFrozen(value)) return membersOnOneLine(value, most);
  let text = flatTexts.get(value);
  if (text === undefined) {
    text = membersOnOneLine(value, width) ?? tooLong;
    flatTexts.set(value, text);
  }
  return text.length <= most ? text : undefined;
}

/** What is frozen is there many times, such as the schema of a field type: its text is kept. */
const flatTexts = new WeakMap<object, string>();
const textsInLines = new WeakMap<object, string[]>();
const tooLong = " ".repeat(width + 1);

function membersOnOneLine(value: object, most: number): string | undefined {
  const isList = Array.isArray(value);
  if (isList && isTable(value)) return undefined;
  let text = "";
  for (const key of Object.keys(value)) {
    if (text !== "") text += ", ";
    const name = isList ? "" : `${property(key)}: `;
    const flat = literalOnOneLine((value as Record<string, unknown>)[key], most - text.length - name.length);
    if (flat === undefined) return undefined;
    text += name + flat;
  }
  if (text === "") return isList ? "[]" : "{}";
  if (text.length + (isList ? 2 : 4) > most) return undefined;
  return isList ? `[${text}]` : `{ ${text} }`;
}

/** The same again, a member a line; in pieces, since a large system has many megabytes of it. */
function literalInLines(value: object, indent: number, pieces: string[]): void {
  if (!Object.isFrozen(value)) {
    membersInLines(value, indent, pieces);
    return;
  }
  const texts = textsInLines.get(value) ?? [];
  if (texts[indent] === undefined) {
    const own: string[] = [];
    membersInLines(value, indent, own);
    texts[indent] = own.join("");
    textsInLines.set(value, texts);
  }
  pieces.push(texts[indent]);
}

function membersInLines(value: object, indent: number, pieces: string[]): void {
  const isList = Array.isArray(value);
  const inner = indent + 2;
  const margin = `\n${" ".repeat(inner)}`;
  pieces.push(isList ? "[" : "{");
  for (const [key, item] of Object.entries(value) as [string, unknown][]) {
    const name = isList ? "" : `${property(key)}: `;
    pieces.push(margin, name);
    const flat = literalOnOneLine(item, width - inner - name.length - 1);
    if (flat !== undefined) pieces.push(flat);
    else if (typeof item === "object" && item !== null) literalInLines(item, inner, pieces);
    else pieces.push(JSON.stringify(item));
    pieces.push(",");
  }
  pieces.push(`\n${" ".repeat(indent)}`, isList ? "]" : "}");
}

/** Several records take a line each, as formatters have it. */
function isTable(list: readonly unknown[]): boolean {
  return list.length > 1 && list.every((item) => typeof item === "object" && item && Object.keys(item).length > 1);
}

function isLiteral(code: Exclude<Code, string>): code is Literal {
  return "value" in code;
}

function isSequence(code: Exclude<Code, string>): code is readonly Code[] {
  return Array.isArray(code);
}
