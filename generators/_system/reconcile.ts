import { isDeepStrictEqual } from "node:util";
import { ManifestEditError } from "./errors.ts";
import { beginsItsLine, behindLines, columnAt, nextLine } from "./lines.ts";
import { sectionNames } from "./manifest-schema.ts";
import type { NodePath } from "./place.ts";
import { blockLines, entryLines, flowPair, flowText, lineWidth, staysOnLine, type Writing } from "./print-yaml.ts";
import { reconcileFlow } from "./reconcile-flow.ts";
import type { Splice } from "./splice.ts";
import { type Entry, endOf, endOfEntry, type ListNode, type MapNode, type TreeNode } from "./tree.ts";
import { isPlainMap, type PlainMap } from "./values.ts";

/**
 * What to cut into a manifest's text so that it says another value: only the lines of what differs are touched.
 * Comments, order, quoting, anchors and spacing of all the rest stay, since their text does.
 *
 * Throws a ManifestEditError where the text does not allow the change, such as inside an alias.
 * @param root Tree of the text.
 * @param before Value of that tree.
 * @param after The value wanted.
 */
export function reconcile(text: string, root: MapNode, before: unknown, after: unknown): readonly Splice[] {
  const source = { text, writing: { eol: /\r?\n/.exec(text)?.[0] ?? "\n", step: stepOf(text, root) } };
  return [...differences(source, { node: root, path: [], flow: root.flow }, before, after)];
}

interface Source {
  readonly text: string;
  readonly writing: Writing;
}

/** Where in the document a value stands. */
interface Spot<Node extends TreeNode = TreeNode> {
  readonly node: Node;
  readonly path: NodePath;
  /** Inside braces or brackets, where everything has to be. */
  readonly flow: boolean;
  /** Absent for a list's item and for the root. */
  readonly entry?: Entry;
}

function* differences(source: Source, spot: Spot, before: unknown, after: unknown): Iterable<Splice> {
  if (Object.is(before, after)) return;
  const { node } = spot;
  if (node.kind === "alias" && isDeepStrictEqual(before, after)) return;
  if (node.kind === "alias") throw refused(spot.path, "is written as an alias, which stands for another place too");
  const flow = spot.flow || (node.kind !== "scalar" && node.flow);
  if (node.kind === "map" && isPlainMap(after)) {
    const splices = [...mapDifferences(source, { ...spot, node }, flow, before as PlainMap, after)];
    if (growsTooLong(source, spot, splices)) yield* replaced(source, spot, after);
    else yield* splices;
  } else if (node.kind === "list" && Array.isArray(after)) {
    yield* listDifferences(source, { ...spot, node }, flow, before as readonly unknown[], after);
  } else yield* replaced(source, spot, after);
}

function* mapDifferences(
  source: Source,
  spot: Spot<MapNode>,
  flow: boolean,
  before: PlainMap,
  after: PlainMap,
): Iterable<Splice> {
  const { node, path } = spot;
  const gone = new Set<Entry>();
  for (const key of Object.keys(before)) {
    if (Object.hasOwn(after, key)) continue;
    const entry = node.entries.get(key);
    if (entry === undefined) throw refused([...path, key], "comes from another map by <<");
    gone.add(entry);
  }
  const added = Object.entries(after).filter(
    ([key, value]) => !node.entries.has(key) && !(Object.hasOwn(before, key) && isDeepStrictEqual(before[key], value)),
  );
  const entries = [...node.entries.values()];
  if (gone.size === entries.length && (flow || added.length === 0)) return yield* replaced(source, spot, after);
  for (const entry of entries) {
    if (gone.has(entry) || !Object.hasOwn(before, entry.key)) continue;
    const { key } = entry;
    yield* differences(source, { node: entry.value, entry, path: [...path, key], flow }, before[key], after[key]);
  }
  if (flow) {
    const parts = entries.map((entry) => ({ start: entry.keyStart, end: endOfEntry(entry), gone: gone.has(entry) }));
    const pairs = added.map(([key, value]) => flowPair(key, value));
    return yield* reconcileFlow(source.text, parts, pairs, source.writing.eol);
  }
  for (const entry of gone) yield linesCut(source, entry.keyStart, endOfEntry(entry));
  yield* entriesAdded(source, path, entries, added);
}

/** A one-line map that would become too long is written anew, as a block, unless it holds an anchor or an alias. */
function growsTooLong({ text }: Source, { node, entry, flow }: Spot, splices: readonly Splice[]): boolean {
  if (node.kind !== "map" || !node.flow || flow || entry === undefined) return false;
  if (/[&*!#\n]/.test(text.slice(node.start, node.end))) return false;
  const more = splices.reduce((sum, splice) => sum + splice.text.length - (splice.end - splice.start), 0);
  return more > 0 && columnAt(text, node.end) + more > lineWidth;
}

function* listDifferences(
  source: Source,
  spot: Spot<ListNode>,
  flow: boolean,
  before: readonly unknown[],
  after: readonly unknown[],
): Iterable<Splice> {
  const { items } = spot.node;
  if (before.length === after.length) {
    for (const [at, value] of after.entries()) {
      yield* differences(source, { node: items[at]!, path: [...spot.path, at], flow }, before[at], value);
    }
    return;
  }
  const { gone, kept } = itemsGone(before, after);
  if (kept === 0) return yield* replaced(source, spot, after);
  const added = after.slice(kept).map(flowText);
  if (flow) {
    const parts = items.map((item, at) => ({ start: item.start, end: endOf(item), gone: gone[at]! }));
    return yield* reconcileFlow(source.text, parts, added, source.writing.eol);
  }
  const dashes = items.map((item) => source.text.lastIndexOf("-", item.start - 1));
  for (const [at, item] of items.entries()) {
    if (gone[at]) yield linesCut(source, dashes[at]!, endOf(item));
  }
  const indent = columnAt(source.text, dashes[0]!);
  const lines = added.map((item) => `${" ".repeat(indent)}- ${item}`);
  yield* linesAdded(source, behindLines(source.text, endOf(items.at(-1)!), indent), lines);
}

/** Which items go so that those that stay, in order, are the first ones wanted. */
function itemsGone(before: readonly unknown[], after: readonly unknown[]): { gone: readonly boolean[]; kept: number } {
  let kept = 0;
  const gone = before.map((item) => {
    const stays = kept < after.length && isDeepStrictEqual(item, after[kept]);
    if (stays) kept++;
    return !stays;
  });
  return { gone, kept };
}

/** Writes a value in the place of another one of a different kind. */
function* replaced(source: Source, spot: Spot, after: unknown): Iterable<Splice> {
  const { node, entry, path } = spot;
  const { text, writing } = source;
  const isBlock = (node.kind === "map" || node.kind === "list") && !node.flow;
  if (entry === undefined || spot.flow) {
    if (isBlock) throw refused(path, "cannot be replaced as a whole");
    return yield { start: node.start, end: node.end, text: flowText(after) };
  }
  const colon = behindColon(text, entry);
  const indent = columnAt(text, entry.keyStart);
  const inline = staysOnLine(path, after, indent + colon - entry.keyStart);
  // A block scalar ends with its line break, which has to stay.
  const breaks = node.end > node.start && text[node.end - 1] === "\n" ? writing.eol : "";
  // A value below its key's line goes with its lines; a comment between the two stays.
  const below = isBlock || (!inline && text.slice(colon, node.start).includes("\n"));
  if (below) yield linesCut(source, node.start, endOf(node), indent);
  if (inline && (isBlock || node.start === node.end))
    return yield { start: colon, end: colon, text: ` ${flowText(after)}` };
  if (inline) return yield { start: node.start, end: node.end, text: flowText(after) + breaks };
  if (!below) yield { start: colon, end: Math.max(colon, node.end), text: breaks };
  const at = nextLine(text, below ? colon : Math.max(colon, node.end - breaks.length));
  yield* linesAdded(source, at, blockLines(path, after as PlainMap, indent + writing.step, writing));
}

/** Adds entries to a block map: behind its last one, a section of the manifest where the format lists it. */
function* entriesAdded(
  source: Source,
  path: NodePath,
  entries: readonly Entry[],
  added: readonly [string, unknown][],
): Iterable<Splice> {
  const last = entries.at(-1)!;
  const indent = columnAt(source.text, entries[0]!.keyStart);
  const above = entries.at(-2);
  const airy = above !== undefined && /\n[ \t]*\r?\n/.test(source.text.slice(endOfEntry(above), last.keyStart));
  const ordered = path.length === 0 ? added.toSorted(([one], [other]) => rank(one) - rank(other)) : added;
  for (const [key, value] of ordered) {
    const before = path.length === 0 ? precedingSection(entries, key) : last;
    const lines = entryLines([...path, key], value, indent, source.writing);
    const at = behindLines(source.text, endOfEntry(before), indent);
    yield* linesAdded(source, at, airy ? ["", ...lines] : lines);
  }
}

function* linesAdded({ text, writing: { eol } }: Source, at: number, lines: readonly string[]): Iterable<Splice> {
  if (lines.length === 0) return;
  const added = lines.join(eol);
  const unfinished = at > 0 && text[at - 1] !== "\n";
  yield { start: at, end: at, text: unfinished ? eol + added : added + eol };
}

/** Cuts whole lines and the comments below that are indented deeper than what goes. */
function linesCut({ text }: Source, start: number, end: number, indent = columnAt(text, start)): Splice {
  if (!beginsItsLine(text, start)) {
    throw new ManifestEditError("The manifest holds a compact list of maps that cannot be edited", {
      hint: "Give each key a line of its own",
    });
  }
  return { start: start - columnAt(text, start), end: behindLines(text, end, indent), text: "" };
}

function behindColon(text: string, entry: Entry): number {
  const colon = /\s*:/y;
  colon.lastIndex = entry.keyEnd;
  if (!colon.test(text)) throw refused([entry.key], "is a key without a colon");
  return colon.lastIndex;
}

/** Spaces by which the file's blocks are deeper than the one around them. */
function stepOf(text: string, root: MapNode): number {
  for (const { value } of root.entries.values()) {
    if (value.kind !== "map" || value.flow) continue;
    const first = value.entries.values().next().value;
    if (first !== undefined) return Math.max(1, columnAt(text, first.keyStart));
  }
  return 2;
}

/** Place of a section in the format's order; keys of the user's own come last. */
function rank(key: string): number {
  const place = sectionNames.indexOf(key);
  return place < 0 ? sectionNames.length : place;
}

function precedingSection(entries: readonly Entry[], key: string): Entry {
  return entries.filter((entry) => rank(entry.key) < rank(key)).at(-1) ?? entries.at(-1)!;
}

function refused(path: NodePath, why: string): ManifestEditError {
  return new ManifestEditError(`${path.join(".")} ${why}`, { hint: "Change it by hand" });
}
