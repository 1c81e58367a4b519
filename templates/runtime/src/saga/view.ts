import { compensationPlan } from "./compensation.ts";
import { courseOf, isCourseStuck } from "./course.ts";
import type { SagaDefinition } from "./definition.ts";
import { pendingStages } from "./pending.ts";
import { commandOf, stepsOf } from "./stages.ts";
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
  /** In a choreography: the event at which it starts, in the service that does it. */
  readonly startsAt?: { readonly event: string; readonly service: string };
}

/** What has been done, what is under way, what is yet to come and what it waits for, what only an operator can move. */
export function viewOf(definition: SagaDefinition, state: SagaState): SagaView {
  const begun = stagesOf(definition, state).flatMap((stage) => {
    const course = courseOf(state, stage);
    return course === undefined ? [] : [{ ...stage, course }];
  });
  const open = begun.filter(({ course }) => course.status === "waiting" || isCourseStuck(course));
  const { style } = definition;
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
      .map(({ course, ...stage }) => ({ ...stage, ...placeOf(course), why: whyRunning(course, style) })),
    pending: pendingStages(definition, state, open),
    stuck: open
      .filter(({ course }) => isCourseStuck(course))
      .map(({ course, ...stage }) => {
        const reason = course.parked === true ? "parked" : course.stuck!;
        return { ...stage, ...placeOf(course), reason, why: whyStuck(reason, style), ...startOf(definition, stage) };
      }),
  };
}

function startOf(definition: SagaDefinition, stage: Stage): Pick<StuckStage, "startsAt"> {
  const { on, command } = commandOf(definition, stage) ?? {};
  if (on === undefined || command === undefined) return {};
  return { startsAt: { event: on, service: command.slice(0, command.indexOf(".")) } };
}

function whyStuck(reason: StuckReason, style: SagaDefinition["style"]): string {
  switch (reason) {
    case "unknown":
      return style === "orchestration"
        ? "its attempts are used up without an answer"
        : "its outcome was not seen by the deadline";
    case "failure":
      return "its participant refused it, and it may not fail";
    case "parked":
      return "the relay cannot send its command";
    case "unhandled":
      return "its reply could not be handled, and lies in the dead letters";
  }
}

function whyRunning({ asked, backoff }: Course, style: SagaDefinition["style"]): string {
  if (style === "choreography") return "waits for the event of its outcome";
  if (backoff === true) return "waits before its next attempt";
  return asked === undefined ? "waits for its reply" : `waits for its participant's answer to the operator's ${asked}`;
}

function placeOf({ round, attempt }: Course): { readonly round: number; readonly attempt: number } {
  return { round, attempt };
}

/** Every stage that has a place in the saga's story: forward by completion, backward as it is compensated, endings. */
function stagesOf(definition: SagaDefinition, state: SagaState): readonly Stage[] {
  const place = (step: string) => courseOf(state, { step, direction: "forward" })?.order ?? Number.MAX_SAFE_INTEGER;
  const steps = stepsOf(definition);
  const ids = steps.map(({ id }) => id).sort((a, b) => place(a) - place(b));
  const backward = definition.style === "orchestration" ? compensationPlan(definition, state) : steps.toReversed();
  return [
    ...ids.map((step) => ({ step, direction: "forward" as const })),
    ...backward.map(({ id }) => ({ step: id, direction: "compensation" as const })),
    { step: "completed", direction: "forward" },
    { step: "compensated", direction: "forward" },
  ];
}
