/** A node of a YAML document, named by the keys and indices that lead to it: `["services", "orders", "port"]`. */
export type NodePath = readonly (string | number)[];

/** A place in a file as people count: lines and columns start at 1. */
export interface Place {
  /** Path from the repository's root, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
