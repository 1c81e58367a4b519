import { commandsIn, type PlacedCommand } from "../_saga/commands-in.ts";
import type { DraftStep, SagaDraft } from "../_saga/draft.ts";
import type { System } from "../_system/system.ts";
import { choreographyExample } from "./choreography-example.ts";
import { cyclesIn } from "./cycles.ts";
import { nameFaults } from "./s06-unknown-name.ts";
import { outcomeFaults } from "./s07-not-an-outcome.ts";
import { type SagaFault, sagaRule } from "./saga-rule.ts";

export const choreographyEndsNowhere = sagaRule({
  id: "EDA-S14",
  severity: "error",
  title:
    "choreography: an event that starts a step nobody emits, a failure event that nobody compensates, a path that never ends",
  explanation:
    "In a choreography no one place knows the whole flow: each service reacts to an event and emits another. So a step " +
    "that waits for an event which nobody emits is never done, and no service is at fault; a refusal to which no earlier " +
    "step reacts leaves what those have done; steps that start each other go round for ever, or never begin. None of " +
    "this shows in any one service, only here.",
  examples: [
    { fails: choreographyExample("on: points.PointsEarned", "on: points.PointsBought"), repair: choreographyExample() },
    { fails: choreographyExample("on: gifts.GiftRefused", "on: gifts.GiftSent"), repair: choreographyExample() },
  ],
  alone: false,
  *judge({ document, home }) {
    const { draft } = document;
    if (draft.style !== "choreography" || draft.trigger === undefined) return;
    // Where an event is not known, what follows from it is not, either.
    if (document.problems.length > 0 || holdsAny(nameFaults(draft, home!), outcomeFaults(draft, home!))) return;
    const stages = stagesOf(draft);
    const round = roundIn(stages, draft.trigger.text);
    if (round) yield round;
    else yield* neverStarted(stages, draft, home!.system);
    yield* uncompensated(draft, stages);
  },
});

/** A step or a compensation, with the event that starts it and those that come of it. */
interface Stage {
  readonly placed: PlacedCommand;
  readonly on: string;
  readonly emits: readonly string[];
}

function stagesOf(draft: SagaDraft): readonly Stage[] {
  return commandsIn(draft).map((placed) => {
    const { on, success, failure } = placed.command;
    return { placed, on: on!.text, emits: [success!.text, ...(failure ? [failure.text] : [])] };
  });
}

function holdsAny(...all: readonly Iterable<unknown>[]): boolean {
  for (const some of all) for (const _ of some) return true;
  return false;
}

/** Stages that start each other in a round. */
function roundIn(stages: readonly Stage[], trigger: string): SagaFault | undefined {
  const links = stages.flatMap((stage, from) =>
    stages.flatMap((other, to) =>
      // One that starts the saga again is EDA-S13's.
      other.on !== trigger && stage.emits.includes(other.on) ? [{ from: String(from), to: String(to) }] : [],
    ),
  );
  const [cycle] = cyclesIn(links);
  if (cycle === undefined) return undefined;
  const members = cycle.map(({ from }) => stages[Number(from)]!);
  const first = members[0]!;
  const round = [...members, first].map(({ placed }) => lower(placed.command.label)).join(" → ");
  return {
    at: [...first.placed.command.at, "on"],
    message: `The path never ends: ${round}`,
    hint: "Let the first of them start at the trigger, or at an event from outside the round",
  };
}

/** Stages that no event reaches. */
function* neverStarted(stages: readonly Stage[], draft: SagaDraft, system: System): Iterable<SagaFault> {
  const trigger = draft.trigger!.text;
  if (!stages.some(({ on }) => on === trigger)) {
    yield {
      at: ["trigger"],
      message: `No step starts at ${trigger}, so the saga never begins`,
      hint: `Write on: ${trigger} in the first step`,
    };
    return;
  }
  const emitted = new Set([trigger, ...emittedElsewhere(system, stages)]);
  let waiting: readonly Stage[] = stages;
  for (;;) {
    const started = waiting.filter(({ on }) => emitted.has(on));
    if (started.length === 0) break;
    for (const event of started.flatMap(({ emits }) => emits)) emitted.add(event);
    waiting = waiting.filter((stage) => !started.includes(stage));
  }
  // What waits for one of these is told of with it.
  const unheard = waiting.filter(({ on }) => !waiting.some(({ emits }) => emits.includes(on)));
  for (const { placed, on } of unheard) {
    const { command } = placed;
    yield {
      at: [...command.at, "on"],
      message: `${command.label} starts at ${on}, which nobody emits before it`,
      hint: "Write the trigger, or an outcome of an earlier step",
    };
  }
}

/** Events of commands that are no part of this saga: what starts a step may come from outside. */
function emittedElsewhere(system: System, stages: readonly Stage[]): readonly string[] {
  const own = new Set(stages.map(({ placed }) => placed.command.command?.text));
  return system.services.flatMap(({ name, commands }) =>
    commands
      .filter((command) => !own.has(`${name}.${command.name}`))
      .flatMap(({ emits }) => emits.map((event) => `${name}.${event}`)),
  );
}

/** Failures after which something stays done. */
function* uncompensated(draft: SagaDraft, stages: readonly Stage[]): Iterable<SagaFault> {
  const steps = draft.groups.flat();
  for (const step of steps) {
    // A retriable step is stuck when it is refused (EDA-S12); nothing is taken back then.
    if (step.failure === undefined || step.kind === undefined || step.kind === "retriable") continue;
    const after = reachedFrom(step.success!.text, stages);
    const undone = reachedFrom(step.failure.text, stages);
    const left = steps.filter(
      (other) =>
        other !== step &&
        other.compensation !== undefined &&
        other.kind === "compensatable" &&
        !after.has(other) &&
        !undone.has(other.compensation),
    );
    if (left.length === 0) continue;
    const names = left.map(({ label }) => lower(label)).join(" and ");
    yield {
      at: [...step.at, "failure"],
      message: `${step.failure.text} is compensated by nobody: what ${names} did stays done`,
      hint: `Write on: ${step.failure.text} in the compensation of ${names}, or an event that follows from it`,
    };
  }
}

/** The stages that follow, directly or through others, from an event. */
function reachedFrom(event: string, stages: readonly Stage[]): ReadonlySet<PlacedCommand["command"] | DraftStep> {
  const events = new Set([event]);
  const reached = new Set<PlacedCommand["command"]>();
  for (let before = -1; before < reached.size; ) {
    before = reached.size;
    for (const { placed, on, emits } of stages) {
      if (!events.has(on)) continue;
      reached.add(placed.command);
      for (const each of emits) events.add(each);
    }
  }
  return reached;
}

function lower(label: string): string {
  return `${label[0]!.toLowerCase()}${label.slice(1)}`;
}
