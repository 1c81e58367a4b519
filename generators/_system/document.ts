import type { NodePath, Place } from "./place.ts";
import type { System } from "./system.ts";

/**
 * `eda.yaml` as a document tree: every read has a line and a column, and every edit keeps the comments, key order,
 * blank lines and anchors around it.
 */
export interface ManifestDocument {
  /** File name used in places: `eda.yaml`. */
  readonly file: string;
  /** The graph of what the document says now; built again after an edit. Only where `schemaProblems` is empty. */
  readonly system: System;
  /** The plain value at a path; undefined where there is none. */
  get(path: NodePath): unknown;
  /** Place of a node's key or value; of the nearest existing ancestor where the node is not there. */
  place(path: NodePath, part?: "key" | "value"): Place;
  /** Sets a value, creating the maps above it. Maps and lists that exist already are merged key by key. */
  set(path: NodePath, value: unknown): void;
  /** Appends the items that a list does not hold yet. */
  extend(path: NodePath, items: readonly unknown[]): void;
  /** Removes a node; does nothing where there is none. */
  delete(path: NodePath): void;
  /** The text to write. Unchanged documents give back the text they were read from, byte for byte. */
  toString(): string;
}
