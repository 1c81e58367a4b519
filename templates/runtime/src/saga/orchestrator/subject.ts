import { coursesOf } from "../course.ts";
import { isOver, isStuck } from "../decide.ts";
import type { SagaDefinition } from "../definition.ts";
import type { Course, SagaState, Stage, StuckReason } from "../transition.ts";

/** A saga that one transaction moves. */
export interface Subject {
  readonly id: string;
  /** The one that it began with (R10). */
  readonly definition: SagaDefinition;
  readonly hash: string;
  readonly fingerprint: string;
  readonly correlationid: string;
  readonly traceparent: string | undefined;
  /** Absent: it begins in this transaction. */
  readonly startedAt?: Date;
  /** Absent: it begins in this transaction. */
  readonly seen?: bigint;
  /** Of one that begins. */
  readonly begun?: { readonly key: string; readonly triggerId: string };
  revision: bigint;
  state: SagaState | undefined;
}

/** What the row says of a state beside itself. */
export function standing(state: SagaState): {
  readonly stuck: boolean;
  readonly parked: boolean;
  readonly over: boolean;
} {
  const over = isOver(state);
  return {
    over,
    stuck: isStuck(state),
    parked: !over && coursesOf(state).some(({ course }) => course.parked === true),
  };
}

/** Stages that are stuck for a reason that they were not stuck for before. */
export function newlyStuck(
  before: SagaState | undefined,
  after: SagaState,
): readonly (Stage & { readonly reason: StuckReason })[] {
  if (isOver(after)) return [];
  return coursesOf(after).flatMap(({ step, direction, course }) => {
    const reason = whyStuck(course);
    const known = before?.steps[step]?.[direction];
    return reason === undefined || (known !== undefined && whyStuck(known) === reason)
      ? []
      : [{ step, direction, reason }];
  });
}

function whyStuck({ parked, stuck }: Course): StuckReason | undefined {
  return parked === true ? "parked" : stuck;
}
