import type { NodePath, Place } from "../_system/place.ts";

/** One way in which a definition is not of the format; it becomes a finding of its rule. */
export interface SagaProblem {
  readonly rule: "EDA-S01" | "EDA-S02" | "EDA-S04" | "EDA-S11";
  readonly at: NodePath | Place;
  readonly part: "key" | "value";
  /** What is wrong: one sentence without a full stop. */
  readonly message: string;
  /** What to write. */
  readonly hint: string;
}
