import type { NodePath } from "./place.ts";

/** One way in which a manifest is not valid against the schema; it becomes a finding of EDA-M01. */
export interface SchemaProblem {
  readonly at: NodePath;
  readonly part: "key" | "value";
  /** What is wrong: one sentence without a full stop. */
  readonly message: string;
  /** What to write. */
  readonly hint: string;
}
