import { decide, isStuck } from "../../../../templates/runtime/src/saga/decide.ts";
import type { JsonObject, SagaDefinition } from "../../../../templates/runtime/src/saga/definition.ts";
import type {
  Course,
  SagaEffect,
  SagaInput,
  SagaReply,
  SagaState,
  SagaTimer,
  SendCommand,
  Stage,
} from "../../../../templates/runtime/src/saga/transition.ts";
import { payment, paymentTrigger } from "./payment.ts";

/**
 * A saga that a test leads from input to input. A stage is written `reserve-stock`, its compensation `~reserve-stock`.
 * Commands that were sent read `reserve-stock 1.2` (round 1, attempt 2), an operator's `tombstone reserve-stock 1.2`.
 */
export interface Story {
  readonly state: SagaState;
  readonly effects: readonly SagaEffect[];
  /** By the input before. */
  readonly sent: readonly string[];
  readonly stuck: boolean;
  course(stage: string): Course | undefined;
  give(input: SagaInput): Story;
  succeed(stage: string, data?: JsonObject, more?: Partial<SagaReply>): Story;
  fail(stage: string, data?: JsonObject, more?: Partial<SagaReply>): Story;
  /** The answer to a tombstone: not done, and never will be. */
  refuse(stage: string): Story;
  timeout(stage: string, attempt?: number): Story;
  backoff(stage: string, attempt?: number): Story;
  /** Lets every attempt of the round run out. */
  exhaust(stage: string): Story;
  deadline(): Story;
  operator(verb: "retry" | "skip" | "fail" | "complete", stage: string, data?: JsonObject): Story;
  disturb(type: "parked" | "unparked" | "unhandled", stage: string): Story;
}

export const deadlineTimer: SagaTimer = { kind: "deadline", step: "", direction: "forward", round: 0, attempt: 0 };

/** The saga has been triggered. */
export function storyOf(definition: SagaDefinition = payment, data: JsonObject = paymentTrigger): Story {
  const id = `${definition.saga}:4711`;
  let { state, effects } = decide(definition, undefined, { type: "triggered", id, data });

  const roundOf = (stage: string) => story.course(stage)?.round ?? 1;
  const reply = (stage: string, outcome: SagaReply["outcome"], data: JsonObject, more: Partial<SagaReply> = {}) =>
    story.give({ type: "reply", ...stageOf(stage), round: roundOf(stage), outcome, data, ...more });
  const timer = (kind: "timeout" | "backoff", stage: string, attempt = story.course(stage)?.attempt ?? 1) =>
    story.give({ type: "timer", timer: { kind, ...stageOf(stage), round: roundOf(stage), attempt } });

  const story: Story = {
    get state() {
      return state;
    },
    get effects() {
      return effects;
    },
    get sent() {
      return effects.filter((effect) => effect.type === "send").map(sentText);
    },
    get stuck() {
      return isStuck(state);
    },
    course(stage) {
      const { step, direction } = stageOf(stage);
      return state.steps[step]?.[direction];
    },
    give(input) {
      ({ state, effects } = decide(definition, state, input));
      return story;
    },
    succeed: (stage, data = {}, more) => reply(stage, "success", data, more),
    fail: (stage, data = {}, more) => reply(stage, "failure", data, more),
    refuse: (stage) => reply(stage, "refused", {}),
    timeout: (stage, attempt) => timer("timeout", stage, attempt),
    backoff: (stage, attempt) => timer("backoff", stage, attempt),
    exhaust(stage) {
      story.timeout(stage);
      for (let attempts = 1; story.course(stage)?.backoff; attempts++) {
        if (attempts > 20) throw new Error(`The attempts of ${stage} never run out`);
        story.backoff(stage).timeout(stage);
      }
      return story;
    },
    deadline: () => story.give({ type: "timer", timer: deadlineTimer }),
    operator(verb, stage, data = {}) {
      const at = stageOf(stage);
      return story.give(
        verb === "complete" ? { type: "operator", verb, ...at, data } : { type: "operator", verb, ...at },
      );
    },
    disturb(type, stage) {
      const at = stageOf(stage);
      return story.give(type === "unhandled" ? { type, ...at, error: "unreadable" } : { type, ...at });
    },
  };
  return story;
}

/** `~reserve-stock` is its compensation. */
export function stageOf(text: string): Stage {
  return text.startsWith("~")
    ? { step: text.slice(1), direction: "compensation" }
    : { step: text, direction: "forward" };
}

function sentText({ purpose, step, direction, round, attempt }: SendCommand): string {
  return `${purpose === "tombstone" ? "tombstone " : ""}${direction === "forward" ? "" : "~"}${step} ${round}.${attempt}`;
}
