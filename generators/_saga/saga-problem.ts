import type { NodePath, Place } from "../_system/place.ts";

/** One way in which a definition is not of the format; it becomes a finding of its rule. */
export interface SagaProblem {
  readonly rule: "EDA-S01" | "EDA-S02" | "EDA-S04" | "EDA-S11";
  readonly at: NodePath | Place;
  readonly part: "key" | "value";
  /** The node that is missing or of a wrong form, and what stands there. */
  readonly wrong?: { readonly at: NodePath; readonly value: unknown };
  /** What is wrong: one sentence without a full stop. */
  readonly message: string;
  /** What to write. */
  readonly hint: string;
}
