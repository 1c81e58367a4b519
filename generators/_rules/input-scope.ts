import type { SagaPath } from "../../templates/runtime/src/saga/definition.ts";
import type { PlacedCommand } from "../_saga/commands-in.ts";
import type { DraftStep, SagaDraft } from "../_saga/draft.ts";
import { nearest } from "../_system/suggest.ts";

/** Which steps have surely succeeded when a command leaves. */
export interface Scope {
  /** Those whose replies it can read. */
  readonly done: readonly DraftStep[];
  /**
   * Its own step, and the members of its parallel group, for a compensation: their replies are missing exactly when
   * their outcome is unknown.
   */
  readonly unknown: readonly DraftStep[];
}

export function scopeOf({ groups }: SagaDraft, { role, step }: PlacedCommand): Scope {
  switch (role) {
    case "step":
      return { done: groups.slice(0, step.group).flat(), unknown: [] };
    case "compensation":
      return { done: groups.slice(0, step.group).flat(), unknown: groups[step.group] ?? [] };
    case "completed":
      return { done: groups.flat(), unknown: [] };
    case "compensated":
      return { done: [], unknown: groups.flat() };
  }
}

/** Why a command cannot read what a path names; `EDA-S09` where that is its to say. */
export function isOutOfReach(
  path: SagaPath,
  { role, command }: PlacedCommand,
  scope: Scope,
  draft: SagaDraft,
): { readonly because: string; readonly hint: string } | "EDA-S09" | "not known" | undefined {
  const isChoreography = draft.style === "choreography";
  switch (path.from) {
    case "id":
      return undefined;
    case "failure":
      return role === "compensated"
        ? undefined
        : { because: "only compensated knows why", hint: "Take it out, or read a field of the trigger" };
    case "on":
      if (draft.style !== "orchestration") return undefined;
      return {
        because: "in an orchestration no event starts it",
        hint: "Write $.trigger, or $.steps and the step's id",
      };
    case "trigger":
      if (!isChoreography || command.on === undefined || command.on.text === draft.trigger?.text) return undefined;
      return { because: `it starts at ${command.on.text} and has not seen the trigger`, hint: "Write $.on" };
    case "step":
      if (isChoreography) return { because: "in a choreography nobody keeps the replies", hint: "Write $.on" };
      return stepOutOfReach(path.step, role, scope, draft);
  }
}

function stepOutOfReach(id: string, role: PlacedCommand["role"], { done, unknown }: Scope, draft: SagaDraft) {
  if (done.some((step) => step.id === id)) return undefined;
  if (role === "compensated" || unknown.some((step) => step.id === id)) return "EDA-S09";
  const steps = draft.groups.flat();
  const known = done.flatMap((step) => step.id ?? []);
  const earlier =
    known.length === 0 ? "Read the trigger: no step comes before" : `Steps before it are ${known.join(", ")}`;
  if (steps.some((step) => step.id === id)) return { because: `step ${id} has not ended by then`, hint: earlier };
  // A step whose id cannot be read may be the one that is meant.
  if (!draft.stepsAreKnown) return "not known";
  const near = nearest(id, known);
  return { because: `there is no step ${id}`, hint: near === undefined ? earlier : `Did you mean ${near}?` };
}

/** A path as it is written. */
export function placeOf(path: SagaPath): string {
  switch (path.from) {
    case "id":
      return "$.saga.id";
    case "failure":
      return "$.failure.reason";
    case "step":
      return `$.steps.${path.step}.${path.at.join(".")}`;
    default:
      return `$.${path.from}.${path.at.join(".")}`;
  }
}
