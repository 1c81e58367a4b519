import assert from "node:assert/strict";
import { decide, isOver } from "../saga/decide.ts";
import { type JsonObject, type SagaDefinition, sagaId } from "../saga/definition.ts";
import { commandOf } from "../saga/stages.ts";
import type { SagaInput, SagaState, SagaStatus, SagaTimer, SendCommand, Stage } from "../saga/transition.ts";
import type { ServiceDefinition } from "../service/definition.ts";

/** What becomes of a stage that does not succeed at once. */
export type Happening = "fails" | "never answers";

export interface SagaStory {
  /**
   * How the saga goes, by step id; what undoes a step is `undoing <step id>`, an ending `completed` or `compensated`.
   * What is not named succeeds.
   */
  when(happenings: Readonly<Record<string, Happening>>): SagaOutcome;
}

export interface SagaOutcome {
  /** So it ends; `stuck` where it waits for an operator. */
  thenEnds(how: SagaStatus | "stuck"): SagaOutcome;
  /** These commands were sent, in this order, each attempt of one once: `inventory.ReserveStock`. */
  thenSends(...commands: readonly string[]): SagaOutcome;
}

/**
 * A saga's test as a sentence, on the machine that runs it, without a clock, a database or a broker:
 *
 *     givenSaga(definition, "payment", sagaSamples).when({ "screen-fraud": "fails" }).thenEnds("compensated");
 *
 * @param samples Data of its trigger and of each outcome, by the event's type.
 */
export function givenSaga(
  { sagas = [] }: Pick<ServiceDefinition, "sagas">,
  name: string,
  samples: Readonly<Record<string, object>>,
): SagaStory {
  const saga = sagas.find(({ definition }) => definition.saga === name)?.definition;
  if (saga === undefined) throw new Error(`This service hosts no saga ${name}`);
  if (saga.style === "choreography") throw new Error(`Nobody leads the saga ${name}: its steps start at events`);
  return {
    when(happenings) {
      for (const stage of Object.keys(happenings)) refuseUnknown(saga, stage);
      return outcomeOf(tell(saga, samples, happenings));
    },
  };
}

interface Told {
  readonly state: SagaState;
  readonly sent: readonly SendCommand[];
}

/** Runs the saga to where nothing goes on by itself. The deadline never comes: that is the clock's part. */
function tell(
  saga: SagaDefinition,
  samples: Readonly<Record<string, object>>,
  happenings: Readonly<Record<string, Happening>>,
): Told {
  const dataOf = (event: string) => (samples[event] ?? {}) as JsonObject;
  const sent: SendCommand[] = [];
  const timers = new Map<string, SagaTimer>();
  const waiting: SagaInput[] = [{ type: "triggered", id: sagaId(saga.saga, "sample"), data: dataOf(saga.trigger) }];
  let state: SagaState | undefined;

  function answer(command: SendCommand): void {
    const { step, direction, round, success, failure } = command;
    const happening = happenings[named(command)];
    if (happening === "never answers") return;
    if (happening === "fails" && failure === undefined) throw new Error(`${named(command)} has no failure event`);
    const fails = happening === "fails";
    const data = dataOf((fails ? failure : success)!);
    waiting.push({ type: "reply", step, direction, round, outcome: fails ? "failure" : "success", data });
  }

  for (;;) {
    const input = waiting.shift() ?? nextTimer(timers);
    if (input === undefined) break;
    const { state: next, effects } = decide(saga, state, input);
    state = next;
    for (const effect of effects) {
      if (effect.type === "send") {
        sent.push(effect);
        answer(effect);
      } else if (effect.type === "timer" && effect.timer.kind !== "deadline") {
        timers.set(JSON.stringify(effect.timer), effect.timer);
      }
    }
  }
  return { state: state!, sent };
}

/** In the order in which they were armed. One that has no meaning any more changes nothing. */
function nextTimer(timers: Map<string, SagaTimer>): SagaInput | undefined {
  for (const [key, timer] of timers) {
    timers.delete(key);
    return { type: "timer", timer };
  }
  return undefined;
}

function outcomeOf({ state, sent }: Told): SagaOutcome {
  const commands = sent.filter(({ attempt }) => attempt === 1).map(({ command }) => command);
  const outcome: SagaOutcome = {
    thenEnds(how) {
      const is = isOver(state) ? state.status : "stuck";
      assert.equal(is, how, `it is ${is} after ${commands.join(", ")}`);
      return outcome;
    },
    thenSends(...expected) {
      assert.deepEqual(commands, expected);
      return outcome;
    },
  };
  return outcome;
}

function named({ step, direction }: Stage): string {
  return direction === "compensation" ? `undoing ${step}` : step;
}

function refuseUnknown(saga: SagaDefinition, name: string): void {
  const undoing = name.startsWith("undoing ");
  const stage: Stage = undoing
    ? { step: name.slice("undoing ".length), direction: "compensation" }
    : { step: name, direction: "forward" };
  if (commandOf(saga, stage) === undefined) throw new Error(`The saga ${saga.saga} has no ${name}`);
}
