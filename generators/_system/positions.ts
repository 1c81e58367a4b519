import type { NodePath, Place } from "./place.ts";
import { nearestNode, type TreeNode } from "./tree.ts";

/** Turns offsets of a text into places; the line starts are looked for once, when the first place is asked for. */
export class Positions {
  readonly #file: string;
  readonly #text: string;
  #lineStarts: readonly number[] | undefined;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  /** Columns count UTF-16 units, as editors do. */
  place(offset: number): Place {
    this.#lineStarts ??= startsOf(this.#text);
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lineStarts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.#file, line: low + 1, column: offset - this.#lineStarts[low]! + 1 };
  }
}

/**
 * Place of a node's key or value; of the nearest existing ancestor where the node is not there. A list's item has a
 * value only.
 */
export function placeIn(root: TreeNode, positions: Positions, path: NodePath, part: "key" | "value"): Place {
  const found = nearestNode(root, path);
  if (found.entry === undefined)
    return positions.place(path.length === 0 || found.node !== root ? found.node.start : 0);
  const wanted = found.exact ? part : "key";
  const empty = found.node.start === found.node.end;
  return positions.place(wanted === "key" || empty ? found.entry.keyStart : found.node.start);
}

function startsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
