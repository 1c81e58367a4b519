import assert from "node:assert/strict";
import { decide } from "../../../../../templates/runtime/src/saga/decide.ts";
import type { SagaDefinition } from "../../../../../templates/runtime/src/saga/definition.ts";
import type {
  SagaInput,
  SagaState,
  SagaTimer,
  SendCommand,
  Stage,
  Transition,
} from "../../../../../templates/runtime/src/saga/transition.ts";

/** The host's database: what one transaction a transition leaves behind (R2). */
export interface Store {
  readonly state: SagaState;
  /** Of each service's topic, in order; the first one that is parked holds up those behind it. */
  readonly outboxes: ReadonlyMap<string, OutboxRow[]>;
  readonly timers: ReadonlyMap<string, TimerRow>;
  /** What the relay's parking has to tell the machine. */
  readonly notices: SagaInput[];
  apply(input: SagaInput): Transition;
  /** A transition whose transaction was lost before its commit. */
  rehearse(input: SagaInput): void;
  /** The relay sends the first row of a topic, and arms its timer (R13). */
  send(topic: string): SendCommand | undefined;
  park(topic: string): void;
  unpark(topic: string): void;
}

export interface OutboxRow {
  readonly command: SendCommand;
  parked: boolean;
}

export interface TimerRow {
  readonly timer: SagaTimer;
  armed: boolean;
}

export interface Observer {
  saw(before: SagaState | undefined, input: SagaInput, transition: Transition): void;
  /** R4: it was not armed before. */
  armed(name: string): void;
  /** The timers that are there after a transition. */
  left(state: SagaState, timers: readonly SagaTimer[]): void;
}

export function createStore(definition: SagaDefinition, trigger: SagaInput, observer: Observer): Store {
  const outboxes = new Map<string, OutboxRow[]>();
  const timers = new Map<string, TimerRow>();
  const notices: SagaInput[] = [];
  let state: SagaState | undefined;

  const tell = (type: "parked" | "unparked", { command }: OutboxRow) =>
    notices.push({ type, step: command.step, direction: command.direction });

  const carryOut = ({ effects }: Transition) => {
    for (const effect of effects) {
      if (effect.type === "send") {
        const topic = topicOf(effect);
        const rows = outboxes.get(topic) ?? [];
        const row = { command: effect, parked: false };
        outboxes.set(topic, [...rows, row]);
        if (rows.some(({ parked }) => parked)) tell("parked", row);
      } else if (effect.type === "timer") {
        const name = nameOf(effect.timer);
        observer.armed(name);
        timers.set(name, { timer: effect.timer, armed: effect.starts === "now" });
      } else if (effect.type === "cancel-timers") {
        for (const [name, { timer }] of timers) {
          if (effect.stage === undefined || isOf(timer, effect.stage)) timers.delete(name);
        }
      } else if (effect.type === "unpark") {
        for (const [topic, rows] of outboxes)
          if (rows.some(({ command }) => isOf(command, effect.stage))) unpark(topic);
      }
    }
  };

  const unpark = (topic: string) => {
    const rows = outboxes.get(topic) ?? [];
    const first = rows.findIndex(({ parked }) => parked);
    if (first === -1) return;
    for (const row of rows.slice(first)) {
      row.parked = false;
      tell("unparked", row);
    }
  };

  const store: Omit<Store, "state"> = {
    outboxes,
    timers,
    notices,
    unpark,
    apply(input) {
      const before = state;
      const transition = decide(definition, before, input);
      observer.saw(before, input, transition);
      if (input.type === "timer") timers.delete(nameOf(input.timer));
      if (transition.state !== before) state = asStored(transition.state);
      carryOut(transition);
      observer.left(
        state!,
        [...timers.values()].map(({ timer }) => timer),
      );
      return transition;
    },
    rehearse(input) {
      const before = JSON.stringify(state);
      decide(definition, state, input);
      assert.equal(JSON.stringify(state), before, "the state that was given has changed");
    },
    send(topic) {
      const row = outboxes.get(topic)?.[0];
      if (row === undefined || row.parked) return undefined;
      outboxes.get(topic)!.shift();
      const { step, direction, round, attempt } = row.command;
      const timer = timers.get(nameOf({ kind: "timeout", step, direction, round, attempt }));
      if (timer !== undefined) timer.armed = true;
      return row.command;
    },
    park(topic) {
      const rows = outboxes.get(topic) ?? [];
      if (rows.length === 0 || rows[0]!.parked) return;
      rows[0]!.parked = true;
      for (const row of rows) tell("parked", row);
    },
  };
  store.apply(trigger);
  return Object.defineProperty(store, "state", { get: () => state! }) as Store;
}

const topicOf = ({ command }: SendCommand): string => command.slice(0, command.indexOf("."));

const nameOf = ({ kind, step, direction, round, attempt }: SagaTimer): string =>
  `${kind}/${step}/${direction}/${round}/${attempt}`;

const isOf = (one: Stage, other: Stage): boolean => one.step === other.step && one.direction === other.direction;

/** As jsonb gives it back: the same, but with the keys in an order of its own. */
function asStored(state: SagaState): SagaState {
  return JSON.parse(JSON.stringify(state, byLength)) as SagaState;
}

function byLength(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)));
}
