import { isDeepStrictEqual } from "node:util";
import { buildSystem } from "./build.ts";
import { EdaError, ManifestEditError } from "./errors.ts";
import type { NodePath, Place } from "./place.ts";
import { Positions, placeIn } from "./positions.ts";
import { readManifestText } from "./read.ts";
import { reconcile } from "./reconcile.ts";
import type { SchemaProblem } from "./schema-problem.ts";
import { schemaProblems } from "./schema-problems.ts";
import { spliced } from "./splice.ts";
import type { System } from "./system.ts";
import { type MapNode, plainValue } from "./tree.ts";
import { mergedAt, removedAt, valueAt } from "./values.ts";

/**
 * `eda.yaml` as a document tree: every read has a line and a column, and every edit keeps the comments, key order,
 * blank lines and anchors around it.
 */
export interface ManifestDocument {
  /** File name used in places: `eda.yaml`. */
  readonly file: string;
  /** In what the document differs from the schema now; the findings of rule EDA-M01. */
  readonly schemaProblems: readonly SchemaProblem[];
  /** The graph of what the document says now; built again after an edit. Only where `schemaProblems` is empty. */
  readonly system: System;
  /** The plain value at a path, frozen; undefined where there is none. */
  get(path: NodePath): unknown;
  /**
   * Place of a node's key or value; of the nearest existing ancestor where the node is not there. The key unless
   * told; a list's item has a value only.
   */
  place(path: NodePath, part?: "key" | "value"): Place;
  /**
   * Sets a value, creating the maps above it. A map that exists already is merged key by key; a list grows by the
   * items that it does not hold yet. To take something away, delete first.
   */
  set(path: NodePath, value: unknown): void;
  /** Appends the items that a list does not hold yet. */
  extend(path: NodePath, items: readonly unknown[]): void;
  /** Removes a node; does nothing where there is none. */
  delete(path: NodePath): void;
  /** The text to write. Unchanged documents give back the text they were read from, byte for byte. */
  toString(): string;
}

/**
 * Reads a manifest. What keeps it from being read at all (bad YAML, not a map, too large, of a newer format) throws an
 * UnreadableManifestError with its place; what is wrong with its content is in `schemaProblems`.
 * @param complete Makes the system whole; without it no saga has a flow.
 */
export function parseManifest(text: string, file = "eda.yaml", complete?: Completion): ManifestDocument {
  return new Manifest(text, file, complete);
}

/** Adds to a system what stands in other files than the manifest: its sagas' flows. Asked at each look at the system. */
export type Completion = (system: System) => System;

/** A text with what was read from it. */
interface Base {
  readonly text: string;
  readonly root: MapNode;
  readonly value: unknown;
  readonly positions: Positions;
}

class Manifest implements ManifestDocument {
  readonly file: string;
  /** The text as it was read or last written out. */
  #base: Base;
  /** What the document says now: edits change this value; the text follows when it is asked for. */
  #value: unknown;
  #problems: readonly SchemaProblem[] | undefined;
  #system: System | undefined;
  readonly #complete: Completion;

  constructor(text: string, file: string, complete: Completion = (system) => system) {
    this.file = file;
    this.#complete = complete;
    this.#base = baseOf(text, file);
    this.#value = this.#base.value;
  }

  get schemaProblems(): readonly SchemaProblem[] {
    this.#problems ??= schemaProblems(this.#value);
    return this.#problems;
  }

  get system(): System {
    const problem = this.schemaProblems[0];
    if (problem !== undefined) {
      const place = this.place(problem.at, problem.part);
      throw new EdaError(problem.message, { hint: problem.hint, place });
    }
    this.#system ??= buildSystem(this.#value);
    return this.#complete(this.#system);
  }

  get(path: NodePath): unknown {
    return valueAt(this.#value, path);
  }

  place(path: NodePath, part: "key" | "value" = "key"): Place {
    const { root, positions } = this.#written();
    return placeIn(root, positions, path, part);
  }

  set(path: NodePath, value: unknown): void {
    this.#change(mergedAt(this.#value, path, value));
  }

  extend(path: NodePath, items: readonly unknown[]): void {
    this.#change(mergedAt(this.#value, path, items));
  }

  delete(path: NodePath): void {
    this.#change(removedAt(this.#value, path));
  }

  toString(): string {
    return this.#written().text;
  }

  #change(value: unknown): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.#problems = undefined;
    this.#system = undefined;
  }

  /** Brings the text up to what the document says. */
  #written(): Base {
    const { text, root, value } = this.#base;
    if (Object.is(value, this.#value)) return this.#base;
    const written = spliced(text, reconcile(text, root, value, this.#value));
    // The text must say exactly what was meant; where an edit has changed something else too, nothing is written.
    const base = written === undefined ? undefined : readBack(written, this.file);
    if (base === undefined || !isDeepStrictEqual(base.value, this.#value)) {
      throw new ManifestEditError(`${this.file} is written in a way that this change does not fit into`, {
        hint: "Make the change by hand, or write anchors and compact lists out",
      });
    }
    this.#base = base;
    this.#value = base.value;
    return base;
  }
}

function readBack(text: string, file: string): Base | undefined {
  try {
    return baseOf(text, file);
  } catch (error) {
    if (error instanceof EdaError) return undefined;
    throw error;
  }
}

function baseOf(text: string, file: string): Base {
  const root = readManifestText(text, file);
  return { text, root, value: plainValue(root), positions: new Positions(file, text) };
}
