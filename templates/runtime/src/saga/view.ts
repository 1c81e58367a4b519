import { compensationPlan } from "./compensation.ts";
import { courseOf, isCourseStuck, isDone, nameOf } from "./course.ts";
import { isOver } from "./decide.ts";
import type { SagaDefinition } from "./definition.ts";
import { stepsOf } from "./stages.ts";
import type { Course, SagaState, Stage, StuckReason } from "./transition.ts";

/** A saga as an operator looks at it (R11). Each list is in the order of what happened, or will. */
export interface SagaView {
  readonly completed: readonly CompletedStage[];
  /** Steps that have ended otherwise: refused by their participant, or given up on without an answer. */
  readonly failed: readonly (Stage & { readonly outcome: "failed" | "unknown" })[];
  readonly running: readonly RunningStage[];
  readonly pending: readonly (Stage & { readonly why: string })[];
  readonly stuck: readonly StuckStage[];
}

export interface CompletedStage extends Stage {
  readonly outcome: "succeeded" | "skipped";
  /** A compensation that had nothing to undo. */
  readonly noop?: true;
}

export interface RunningStage extends Stage {
  readonly round: number;
  readonly attempt: number;
  readonly why: string;
}

export interface StuckStage extends Stage {
  readonly round: number;
  readonly attempt: number;
  readonly reason: StuckReason;
  readonly why: string;
}

/** What has been done, what is under way, what is yet to come and what it waits for, what only an operator can move. */
export function viewOf(definition: SagaDefinition, state: SagaState): SagaView {
  const begun = stagesOf(definition, state).flatMap((stage) => {
    const course = courseOf(state, stage);
    return course === undefined ? [] : [{ ...stage, course }];
  });
  const open = begun.filter(({ course }) => course.status === "waiting" || isCourseStuck(course));
  return {
    completed: begun.flatMap(({ course, ...stage }) => {
      const { status, noop } = course;
      if (status !== "succeeded" && status !== "skipped") return [];
      return [{ ...stage, outcome: status, ...(noop === undefined ? {} : { noop }) }];
    }),
    failed: begun.flatMap(({ course, ...stage }) => {
      const { status, stuck } = course;
      if (stuck !== undefined || (status !== "failed" && status !== "unknown")) return [];
      return [{ ...stage, outcome: status }];
    }),
    running: open
      .filter(({ course }) => !isCourseStuck(course))
      .map(({ course, ...stage }) => ({ ...stage, ...placeOf(course), why: whyRunning(course) })),
    pending: pendingStages(definition, state, open),
    stuck: open
      .filter(({ course }) => isCourseStuck(course))
      .map(({ course, ...stage }) => {
        const reason = course.parked === true ? "parked" : course.stuck!;
        return { ...stage, ...placeOf(course), reason, why: whyStuck[reason] };
      }),
  };
}

const whyStuck: Readonly<Record<StuckReason, string>> = {
  unknown: "its attempts are used up without an answer",
  failure: "its participant refused it, and it may not fail",
  parked: "the relay cannot send its command",
  unhandled: "its reply could not be handled, and lies in the dead letters",
};

function whyRunning({ asked, backoff }: Course): string {
  if (backoff === true) return "waits before its next attempt";
  return asked === undefined ? "waits for its reply" : `waits for its participant's answer to the operator's ${asked}`;
}

function placeOf({ round, attempt }: Course): { readonly round: number; readonly attempt: number } {
  return { round, attempt };
}

/** Every stage that has a place in the saga's story: forward by completion, backward as it is compensated, endings. */
function stagesOf(definition: SagaDefinition, state: SagaState): readonly Stage[] {
  const place = (step: string) => courseOf(state, { step, direction: "forward" })?.order ?? Number.MAX_SAFE_INTEGER;
  const steps = stepsOf(definition).map(({ id }) => id);
  return [
    ...steps.sort((a, b) => place(a) - place(b)).map((step) => ({ step, direction: "forward" as const })),
    ...compensationPlan(definition, state).map(({ id }) => ({ step: id, direction: "compensation" as const })),
    { step: "completed", direction: "forward" },
    { step: "compensated", direction: "forward" },
  ];
}

function pendingStages(
  definition: SagaDefinition,
  state: SagaState,
  open: readonly (Stage & { readonly course: Course })[],
) {
  if (isOver(state)) return [];
  const why = `waits for ${open.map((stage) => `${nameOf(stage)}${isCourseStuck(stage.course) ? ", which is stuck" : ""}`).join(" and ")}`;
  const [ahead, ending] =
    state.status === "running"
      ? [
          definition.groups
            .slice(state.group + 1)
            .flat()
            .map(({ id }) => forward(id)),
          "completed" as const,
        ]
      : [compensationPlan(definition, state).map(({ id }) => backward(id)), "compensated" as const];
  const stages = definition[ending] === undefined ? ahead : [...ahead, forward(ending)];
  return stages
    .filter((stage) => courseOf(state, stage) === undefined && !isDone(courseOf(state, stage)))
    .map((stage) => ({ ...stage, why }));
}

const forward = (step: string): Stage => ({ step, direction: "forward" });
const backward = (step: string): Stage => ({ step, direction: "compensation" });
