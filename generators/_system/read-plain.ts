import { deepest, type Entry, mergeKey, type Scalar, type TreeNode } from "./tree.ts";

/**
 * Reads manifests as they are nearly always written, some twenty times faster than the general reader: block maps,
 * block lists of short items and of maps, braces and brackets, bare and quoted one-line scalars, comments. On anything else (anchors,
 * multi-line scalars, tabs, odd keys, mistakes) it answers undefined, and readYaml reads the text or says what is
 * wrong. Where it answers, the tree is the one that readYaml gives; a property test compares them.
 */
export function readPlain(text: string): TreeNode | undefined {
  if (/[\t\ufeff]/.test(text)) return undefined;
  try {
    return new PlainReader(text).document();
  } catch (thrown) {
    if (thrown === beyondPlain) return undefined;
    throw thrown;
  }
}

const beyondPlain = Symbol("beyond the plain notation");

const bareKey = /[A-Za-z0-9_/][A-Za-z0-9_./-]{0,200}(?=:(?:[ \r\n]|$))/y;
const singleQuoted = /'(?:[^'\n\r]|'')*'/y;
const doubleQuoted = /"[^"\\\n\r]*"/y;
const bareStart = /[\p{L}0-9_./+~$]|-[0-9.]/uy;
const bareInFlow = /[^\n\r,[\]{}:#]*/y;
const blanks = / */y;

const constants = new Map<string, Scalar>([
  ["~", null],
  ...["null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
]);
const decimalNumber = /^[-+]?(?:[0-9]{1,15}|[0-9]{0,15}\.[0-9]{1,15})$/;
const otherNumber = /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|nan)|[-+]?\.?[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?)$/i;

class PlainReader {
  readonly #text: string;
  #at = 0;
  #lineStart = 0;
  /** Maps and lists around what is being read. */
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): TreeNode {
    const column = this.#toContent();
    if (column !== 0) throw beyondPlain;
    const root = this.#blockMap(0);
    if (this.#at < this.#text.length) throw beyondPlain;
    return root;
  }

  /** Moves to the next character that is neither blank nor comment; its column, or -1 at the end. */
  #toContent(): number {
    const text = this.#text;
    for (; this.#at < text.length; this.#at++) {
      const sign = text[this.#at];
      if (sign === "\n") this.#lineStart = this.#at + 1;
      else if (sign === "#") this.#skipComment();
      else if (sign !== " " && !(sign === "\r" && text[this.#at + 1] === "\n")) return this.#at - this.#lineStart;
    }
    return -1;
  }

  /** Moves to the line break that ends a comment, less one character. */
  #skipComment(): void {
    const before = this.#text[this.#at - 1];
    if (this.#at > 0 && before !== " " && before !== "\n") throw beyondPlain;
    const newline = this.#text.indexOf("\n", this.#at);
    this.#at = (newline < 0 ? this.#text.length : newline) - 1;
  }

  #blockMap(indent: number): TreeNode {
    this.#enter();
    const entries = new Map<string, Entry>();
    const start = this.#at;
    let end = start;
    for (;;) {
      const entry = this.#entry(indent, false);
      add(entries, entry);
      end = Math.max(entry.keyEnd, entry.value.end);
      const column = this.#toContent();
      if (column > indent) throw beyondPlain;
      if (column < indent) {
        this.#depth--;
        return { kind: "map", flow: false, start, end, entries };
      }
    }
  }

  #entry(indent: number, flow: boolean): Entry {
    const keyStart = this.#at;
    const quote = this.#text[keyStart];
    const key = quote === "'" || quote === '"' ? this.#quoted() : this.#taken(bareKey);
    const keyEnd = this.#at;
    if (this.#text[keyEnd] !== ":" || !this.#isBlank(keyEnd + 1)) throw beyondPlain;
    this.#at = keyEnd + 1;
    if (flow) this.#toFlowContent(indent);
    return { key, keyStart, keyEnd, value: flow ? this.#flowValue(indent) : this.#blockValue(indent) };
  }

  #isBlank(at: number): boolean {
    const sign = this.#text[at];
    return sign === undefined || sign === " " || sign === "\n" || (sign === "\r" && this.#text[at + 1] === "\n");
  }

  /** What stands behind a block key's colon, on its line or below. */
  #blockValue(indent: number): TreeNode {
    const behindColon = this.#at;
    this.#taken(blanks);
    if (!this.#isBlank(this.#at) && this.#text[this.#at] !== "#") return this.#lineValue(indent);
    const column = this.#toContent();
    const isList = this.#text[this.#at] === "-" && this.#isBlank(this.#at + 1);
    if (column >= indent && isList) return this.#blockList(column);
    const sign = this.#text[this.#at];
    if (column > indent) return sign === "{" || sign === "[" ? this.#lineValue(indent) : this.#blockMap(column);
    return { kind: "scalar", value: null, start: behindColon, end: behindColon };
  }

  #blockList(indent: number): TreeNode {
    this.#enter();
    const items: TreeNode[] = [];
    let start = -1;
    let column = indent;
    while (column === indent && this.#text[this.#at] === "-" && this.#isBlank(this.#at + 1)) {
      if (start < 0) start = this.#at;
      this.#at++;
      this.#taken(blanks);
      if (this.#isBlank(this.#at) || this.#text[this.#at] === "#") throw beyondPlain;
      const isMap = this.#matches(bareKey);
      items.push(isMap ? this.#blockMap(this.#at - this.#lineStart) : this.#lineValue(indent));
      column = this.#toContent();
    }
    this.#depth--;
    return { kind: "list", flow: false, start, end: items.at(-1)!.end, items };
  }

  /** A value on the line of its key or dash. Whatever follows it and stands deeper, the map around refuses. */
  #lineValue(indent: number): TreeNode {
    const sign = this.#text[this.#at];
    const flows = sign === "{" || sign === "[" || sign === "'" || sign === '"';
    return flows ? this.#flowValue(indent) : this.#bareLine();
  }

  #bareLine(): TreeNode {
    const start = this.#at;
    if (!this.#matches(bareStart)) throw beyondPlain;
    const newline = this.#text.indexOf("\n", start);
    const line = this.#text.slice(start, newline < 0 ? this.#text.length : newline);
    const comment = line.indexOf(" #");
    const source = (comment < 0 ? line : line.slice(0, comment)).replace(/[ \r]+$/, "");
    if (/:(?: |$)|\r/.test(source)) throw beyondPlain;
    this.#at = start + source.length;
    return { kind: "scalar", value: bareValue(source), start, end: this.#at };
  }

  #flowValue(indent: number): TreeNode {
    const start = this.#at;
    const sign = this.#text[start];
    if (sign === "{") return this.#flowMap(indent);
    if (sign === "[") return this.#flowList(indent);
    if (sign === "'" || sign === '"') return { kind: "scalar", value: this.#quoted(), start, end: this.#at };
    if (!this.#matches(bareStart)) throw beyondPlain;
    this.#taken(bareInFlow);
    while (this.#text[this.#at - 1] === " ") this.#at--;
    const source = this.#text.slice(start, this.#at);
    return { kind: "scalar", value: bareValue(source), start, end: this.#at };
  }

  #flowMap(indent: number): TreeNode {
    this.#enter();
    const entries = new Map<string, Entry>();
    const start = this.#at++;
    this.#toFlowContent(indent);
    while (this.#text[this.#at] !== "}") {
      add(entries, this.#entry(indent, true));
      this.#behindPart("}", indent);
    }
    this.#depth--;
    return { kind: "map", flow: true, start, end: ++this.#at, entries };
  }

  #flowList(indent: number): TreeNode {
    this.#enter();
    const items: TreeNode[] = [];
    const start = this.#at++;
    this.#toFlowContent(indent);
    while (this.#text[this.#at] !== "]") {
      items.push(this.#flowValue(indent));
      this.#behindPart("]", indent);
    }
    this.#depth--;
    return { kind: "list", flow: true, start, end: ++this.#at, items };
  }

  /** One level down; readYaml says what is too deep, and where. */
  #enter(): void {
    if (++this.#depth > deepest) throw beyondPlain;
  }

  /** Moves behind the comma of a part, if it has one, to the next part or the closing sign. */
  #behindPart(close: string, indent: number): void {
    this.#toFlowContent(indent);
    if (this.#text[this.#at] === ",") {
      this.#at++;
      this.#toFlowContent(indent);
    } else if (this.#text[this.#at] !== close) throw beyondPlain;
  }

  /** Between braces every further line has to stand deeper than the block around. */
  #toFlowContent(indent: number): void {
    const line = this.#lineStart;
    const column = this.#toContent();
    if (column < 0 || (this.#lineStart !== line && column <= indent)) throw beyondPlain;
  }

  #quoted(): string {
    if (this.#text[this.#at] === '"') return this.#taken(doubleQuoted).slice(1, -1);
    return this.#taken(singleQuoted).slice(1, -1).replaceAll("''", "'");
  }

  #matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text);
  }

  #taken(pattern: RegExp): string {
    const start = this.#at;
    if (!this.#matches(pattern)) throw beyondPlain;
    this.#at = pattern.lastIndex;
    return this.#text.slice(start, this.#at);
  }
}

function add(entries: Map<string, Entry>, entry: Entry): void {
  const { key } = entry;
  if (entries.has(key) || key === "" || key === mergeKey || key === "__proto__") throw beyondPlain;
  entries.set(key, entry);
}

/** A bare scalar by YAML's core schema. */
function bareValue(source: string): Scalar {
  const constant = constants.get(source);
  if (constant !== undefined) return constant;
  if (!/^[-+.0-9]/.test(source)) return source;
  if (decimalNumber.test(source)) return Number(source);
  if (otherNumber.test(source)) throw beyondPlain;
  return source;
}
