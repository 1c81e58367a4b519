import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  type Scalar,
} from "yaml";
import { deepest, type Entry, endOf, mergeKey, type Reading, type TreeNode, type Scalar as Value } from "./tree.ts";

/** More nodes than this, aliases written out, and the document is an attack or a mistake. */
const mostNodes = 1_000_000;

/**
 * Reads any YAML 1.2 document by the `yaml` package.
 * @param onDuplicate Told of each key that is there twice, with its offset: the first one counts. Without it such a
 *   document is not readable.
 */
export function readYaml(text: string, onDuplicate?: (key: string, at: number) => void): Reading {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: false, stringKeys: false });
  const error = document.errors[0] ?? document.warnings[0];
  if (error?.code === "RESOURCE_EXHAUSTION") return { ...tooDeep, at: error.pos[0] };
  if (error !== undefined) return { wrong: sentence(error.message), hint: hintFor(error.code), at: error.pos[0] };
  try {
    return { root: new Conversion(text, onDuplicate).document(document) };
  } catch (thrown) {
    if (thrown instanceof Unreadable) return { wrong: thrown.message, hint: thrown.hint, at: thrown.at };
    throw thrown;
  }
}

const tooDeep = {
  wrong: `It nests deeper than ${deepest} levels`,
  hint: "Write it flatter: a manifest, a saga or answers need ten levels at most",
};

function sentence(message: string): string {
  if (message.startsWith("Source contains multiple documents")) return "It holds several documents";
  return message.split("\n")[0]!.replace(/[.:]$/, "");
}

function hintFor(code: string): string {
  switch (code) {
    case "TAB_AS_INDENT":
      return "Indent with spaces";
    case "BAD_INDENT":
    case "MISSING_CHAR":
    case "UNEXPECTED_TOKEN":
      return "Check the indentation and the brackets; inside { } a type such as 'OrderLine[]' or 'enum(a, b)' is quoted";
    case "MULTIPLE_DOCS":
      return "Keep one document and remove the line ---";
    case "TAG_RESOLVE_FAILED":
      return "Remove the tag";
    default:
      return "Repair it by hand";
  }
}

class Unreadable extends Error {
  readonly at: number;
  readonly hint: string;
  constructor(message: string, hint: string, at: number) {
    super(message);
    this.hint = hint;
    this.at = at;
  }
}

class Conversion {
  readonly #text: string;
  /** The node of each anchor; undefined while it is being read. */
  readonly #anchors = new Map<string, TreeNode | undefined>();
  /** Number of nodes below each one, aliases written out. */
  readonly #sizes = new Map<TreeNode, number>();
  /** Levels below each map and list, aliases written out. */
  readonly #heights = new Map<TreeNode, number>();
  /** Maps and lists around the node that is being read. */
  #depth = 0;
  readonly #onDuplicate: ((key: string, at: number) => void) | undefined;

  constructor(text: string, onDuplicate?: (key: string, at: number) => void) {
    this.#text = text;
    this.#onDuplicate = onDuplicate;
  }

  document(document: Document.Parsed): TreeNode {
    return document.contents === null ? nothing(0) : this.#node(document.contents);
  }

  #node(node: Node): TreeNode {
    if (isAlias(node)) return this.#alias(node);
    const anchor = node.anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const converted = this.#content(node);
    if (anchor !== undefined) this.#anchors.set(anchor, converted);
    return converted;
  }

  #content(node: Node): TreeNode {
    const [start, end] = node.range ?? [0, 0];
    if (isScalar(node)) return this.#sized({ kind: "scalar", value: plain(node), start, end }, []);
    this.#refuseDeeper(1, start);
    if (isSeq<Node | null>(node)) {
      this.#depth++;
      const items = node.items.map((item) => (item === null ? nothing(start) : this.#node(item)));
      this.#depth--;
      const list = { kind: "list", flow: node.flow === true, start, end, items } as const;
      return this.#sized(list.flow ? list : { ...list, end: endOf(list) }, items);
    }
    if (isMap<Node | null, Node | null>(node)) {
      const entries = new Map<string, Entry>();
      this.#depth++;
      for (const pair of node.items) {
        const entry = this.#entry(pair.key, pair.value, start);
        if (entries.has(entry.key)) {
          this.#onDuplicate?.(entry.key, entry.keyStart);
          if (this.#onDuplicate) continue;
          throw new Unreadable(`The key ${entry.key} is there twice`, "Remove or rename one of them", entry.keyStart);
        }
        entries.set(entry.key, entry);
      }
      this.#depth--;
      const values = [...entries.values()].map((entry) => entry.value);
      const map = { kind: "map", flow: node.flow === true, start, end, entries } as const;
      return this.#sized(map.flow ? map : { ...map, end: endOf(map) }, values);
    }
    throw new Unreadable("It holds something that is no text, number, list or map", "Write it plainly", start);
  }

  #entry(key: Node | null, value: Node | null, mapStart: number): Entry {
    if (!isScalar(key) || key.range == null) {
      throw new Unreadable("A key has to be plain text", "Write key: value", key?.range?.[0] ?? mapStart);
    }
    const name = key.type === "PLAIN" ? (key.source ?? "") : String(key.value);
    const [keyStart, keyEnd] = key.range;
    if (name === "") throw new Unreadable("A key is empty", "Name it, or remove the line", keyStart);
    if (name === "__proto__") throw new Unreadable("__proto__ cannot be a key", "Choose another name", keyStart);
    const colon = /\s*:/y;
    colon.lastIndex = keyEnd;
    const behind = colon.test(this.#text) ? colon.lastIndex : keyEnd;
    const empty = value === null || (isScalar(value) && value.source === "" && value.value === null);
    const converted = value === null ? nothing(behind) : this.#node(value);
    const node = empty && value?.anchor === undefined ? nothing(behind) : converted;
    if (name === mergeKey && !mergeable(node)) {
      throw new Unreadable("<< merges maps only", "Write <<: *name of a map", keyStart);
    }
    return { key: name, keyStart, keyEnd, value: node };
  }

  #alias(alias: Alias): TreeNode {
    const [start, end] = alias.range ?? [0, 0];
    const of = this.#anchors.get(alias.source);
    if (of === undefined) {
      const known = this.#anchors.has(alias.source);
      const wrong = known ? `The anchor &${alias.source} holds itself` : `There is no anchor &${alias.source}`;
      throw new Unreadable(wrong, "Write the value out", start);
    }
    this.#refuseDeeper(this.#heights.get(of) ?? 0, start);
    return this.#sized({ kind: "alias", start, end, of }, [of]);
  }

  /** Refuses what would bring so many levels more than there are around it. */
  #refuseDeeper(levels: number, at: number): void {
    if (this.#depth + levels > deepest) throw new Unreadable(tooDeep.wrong, tooDeep.hint, at);
  }

  #sized(node: TreeNode, parts: readonly TreeNode[]): TreeNode {
    let size = 1;
    let height = node.kind === "alias" ? 0 : 1;
    for (const part of parts) {
      size += this.#sizes.get(part) ?? 1;
      height = Math.max(height, (this.#heights.get(part) ?? 0) + (node.kind === "alias" ? 0 : 1));
    }
    if (node.kind !== "scalar") this.#heights.set(node, height);
    if (size > mostNodes) {
      throw new Unreadable("Its aliases stand for too much", "Write the values out", node.start);
    }
    this.#sizes.set(node, size);
    return node;
  }
}

function mergeable(node: TreeNode): boolean {
  if (node.kind === "alias") return mergeable(node.of);
  return node.kind === "map" || (node.kind === "list" && node.items.every(mergeable));
}

function nothing(at: number): TreeNode {
  return { kind: "scalar", value: null, start: at, end: at };
}

function plain(scalar: Scalar): Value {
  const value: unknown = scalar.value;
  if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
  return String(value);
}
