import type { NodePath } from "./place.ts";

/**
 * A YAML document as the manifest's code sees it: values with the offsets of their text. Two readers make it
 * (read-plain.ts, read-yaml.ts); the edits are cut into the text by these offsets.
 */
export type TreeNode = ScalarNode | MapNode | ListNode | AliasNode;
export type Scalar = string | number | boolean | null;

export interface ScalarNode {
  readonly kind: "scalar";
  readonly value: Scalar;
  /** Offset of the first character; the same as `end`, right behind the colon, where nothing is written. */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
}

export interface MapNode {
  readonly kind: "map";
  /** Written in braces. */
  readonly flow: boolean;
  readonly start: number;
  readonly end: number;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: TreeNode;
}

export interface ListNode {
  readonly kind: "list";
  /** Written in brackets. */
  readonly flow: boolean;
  readonly start: number;
  readonly end: number;
  readonly items: readonly TreeNode[];
}

export interface AliasNode {
  readonly kind: "alias";
  readonly start: number;
  readonly end: number;
  readonly of: TreeNode;
}

/** What a reader returns: the tree, or what keeps the text from being read and at which offset. */
export type Reading =
  | { readonly root: TreeNode }
  | { readonly wrong: string; readonly hint: string; readonly at: number };

/**
 * Maps and lists within each other, above which a document is an attack or a mistake: whatever walks a tree calls
 * itself once for each.
 */
export const deepest = 100;

/** Key under which YAML 1.1 merges other maps into one. */
export const mergeKey = "<<";

/** The node that an alias stands for, or the node itself. */
export function resolved(node: TreeNode): Exclude<TreeNode, AliasNode> {
  let current = node;
  while (current.kind === "alias") current = current.of;
  return current;
}

const none: readonly MapNode[] = [];

/** The maps that a map merges in, the strongest first. */
function mergedMaps(map: MapNode): readonly MapNode[] {
  const entry = map.entries.get(mergeKey);
  if (entry === undefined) return none;
  const value = resolved(entry.value);
  const sources = value.kind === "list" ? value.items.map(resolved) : [value];
  return sources.filter((source) => source.kind === "map");
}

export interface Found {
  readonly node: TreeNode;
  /** Absent for a list's item and for the root. */
  readonly entry?: Entry;
}

/** One step down, through aliases and merged maps. */
export function child(node: TreeNode, step: string | number): Found | undefined {
  const parent = resolved(node);
  if (parent.kind === "list") {
    const item = typeof step === "number" ? parent.items[step] : undefined;
    return item && { node: item };
  }
  if (parent.kind !== "map") return undefined;
  const entry = parent.entries.get(String(step));
  if (entry !== undefined && entry.key !== mergeKey) return { node: entry.value, entry };
  for (const source of mergedMaps(parent)) {
    const found = child(source, step);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The node at a path, or the nearest of its ancestors that is there. */
export function nearestNode(root: TreeNode, path: NodePath): Found & { readonly exact: boolean } {
  let current: Found = { node: root };
  for (const step of path) {
    const next = child(current.node, step);
    if (next === undefined) return { ...current, exact: false };
    current = next;
  }
  return { ...current, exact: true };
}

/** The plain, deeply frozen value of a tree. */
export function plainValue(node: TreeNode): unknown {
  const real = resolved(node);
  if (real.kind === "scalar") return real.value;
  if (real.kind === "list") return Object.freeze(real.items.map(plainValue));
  const value: Record<string, unknown> = {};
  for (const source of mergedMaps(real).toReversed()) Object.assign(value, plainValue(source));
  for (const [key, entry] of real.entries) {
    if (key !== mergeKey) value[key] = plainValue(entry.value);
  }
  return Object.freeze(value);
}

/** Offset behind the last character of a node; a block's own last entry or item, before any comment below it. */
export function endOf(node: TreeNode): number {
  if (node.kind === "map" && !node.flow) return endOfEntry([...node.entries.values()].at(-1)!);
  if (node.kind === "list" && !node.flow) return endOf(node.items.at(-1)!);
  return node.end;
}

export function endOfEntry(entry: Entry): number {
  return Math.max(entry.keyEnd, endOf(entry.value));
}
