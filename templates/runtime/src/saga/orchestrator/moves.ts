import { isOver } from "../decide.ts";
import { commandOf } from "../stages.ts";
import type {
  Decide,
  SagaEffect,
  SagaInput,
  SagaLogEntry,
  SagaState,
  SagaTimer,
  SendCommand,
  Stage,
} from "../transition.ts";
import { type Cause, commandMessage, commandsTopicOf } from "./command-message.ts";
import type { SagaNews } from "./news.ts";
import { newlyStuck, type Subject } from "./subject.ts";

export interface NewTimer {
  readonly sagaId: string;
  readonly timer: SagaTimer;
  readonly delayMs: number;
  /** Armed when it has left; absent: at once. */
  readonly messageId?: string;
}

/** What is null matches everything. */
export interface DoomedTimers {
  readonly sagaId: string;
  readonly stage: Stage | null;
  readonly timer: SagaTimer | null;
}

export interface LogRow {
  readonly sagaId: string;
  readonly entry: SagaLogEntry;
  readonly causedBy: string | undefined;
}

/** Everything that one transaction changes, of all its sagas, collected before any of it is written. */
export interface Moves {
  readonly subjects: ReadonlySet<Subject>;
  readonly log: readonly LogRow[];
  readonly newTimers: readonly NewTimer[];
  readonly doomedTimers: readonly DoomedTimers[];
  readonly messages: readonly ReturnType<typeof commandMessage>[];
  /** Topic and key whose parked row goes back to the relay. */
  readonly unparked: readonly { readonly topic: string; readonly key: string }[];
  /** Lets the machine decide. False: the input changed nothing. `heard` gets what has happened. */
  move(subject: Subject, input: SagaInput, cause: Cause, heard: SagaNews[]): boolean;
  /** Adds a row to the saga's log that is no transition. */
  note(subject: Subject, entry: SagaLogEntry, cause: Cause): void;
}

export interface MoveOptions {
  /** `orders`: who sends the commands. */
  readonly service: string;
  readonly decide: Decide;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export function collectMoves({ service, decide, random }: MoveOptions): Moves {
  const subjects = new Set<Subject>();
  const log: LogRow[] = [];
  let newTimers: NewTimer[] = [];
  const doomedTimers: DoomedTimers[] = [];
  const messages: ReturnType<typeof commandMessage>[] = [];
  const unparked: { topic: string; key: string }[] = [];

  function note(subject: Subject, entry: SagaLogEntry, { causedBy, reason }: Cause): void {
    subjects.add(subject);
    log.push({ sagaId: subject.id, entry: reason === undefined ? entry : withReason(entry, reason), causedBy });
  }

  /** A timer of this very transaction that is cancelled in it never comes to be. */
  function cancel(doomed: DoomedTimers): void {
    newTimers = newTimers.filter(({ sagaId, timer }) => sagaId !== doomed.sagaId || !matches(timer, doomed));
    doomedTimers.push(doomed);
  }

  function carryOut(subject: Subject, effects: readonly SagaEffect[], cause: Cause): void {
    const sent: { command: SendCommand; messageId: string }[] = [];
    for (const effect of effects) {
      switch (effect.type) {
        case "send": {
          const message = commandMessage(service, subject, effect, cause);
          messages.push(message);
          sent.push({ command: effect, messageId: message.envelope.id });
          break;
        }
        case "timer": {
          const { timer, afterMs, starts, jitter } = effect;
          const delayMs = jitter === "full" ? Math.floor(random() * (afterMs + 1)) : afterMs;
          const message = starts === "now" ? undefined : sent.findLast(({ command }) => isOf(timer, command));
          const armed = message === undefined ? {} : { messageId: message.messageId };
          newTimers.push({ sagaId: subject.id, timer, delayMs, ...armed });
          break;
        }
        case "cancel-timers":
          cancel({ sagaId: subject.id, stage: effect.stage ?? null, timer: null });
          break;
        case "unpark": {
          const command = commandOf(subject.definition, effect.stage);
          if (command !== undefined) unparked.push({ topic: commandsTopicOf(command.command), key: subject.id });
          break;
        }
        case "log":
          note(subject, effect.entry, cause);
          break;
        case "status":
          // The row's columns follow from the state itself.
          break;
      }
    }
  }

  return {
    subjects,
    log,
    get newTimers() {
      return newTimers;
    },
    doomedTimers,
    messages,
    unparked,
    note,

    move(subject, input, cause, heard) {
      const before = subject.state;
      const { state, effects } = decide(subject.definition, before, input);
      const changed = state !== before;
      if (changed) {
        subjects.add(subject);
        subject.state = state;
        subject.revision += 1n;
      }
      // Fired: gone, whatever came of it.
      if (input.type === "timer") cancel({ sagaId: subject.id, stage: null, timer: input.timer });
      carryOut(subject, effects, cause);
      heard.push(...newsOf(subject, before, state, input));
      return changed;
    },
  };
}

function newsOf(
  { id, definition: { saga } }: Subject,
  before: SagaState | undefined,
  after: SagaState,
  input: SagaInput,
): readonly SagaNews[] {
  const about = { saga, id };
  if (after === before) return input.type === "reply" ? [{ ...about, type: "reply-ignored" }] : [];
  return [
    { ...about, type: "moved" },
    ...(before === undefined ? [{ ...about, type: "started" } as const] : []),
    ...(input.type === "timer" ? [{ ...about, type: "timer-fired", kind: input.timer.kind } as const] : []),
    ...newlyStuck(before, after).map((stage) => ({ ...about, type: "stuck", ...stage }) as const),
    // A choreography may hear of something after its end.
    ...(isOver(after) && !(before && isOver(before))
      ? [{ ...about, type: "ended", status: after.status } as const]
      : []),
  ];
}

function isOf(timer: SagaTimer, { step, direction, round, attempt }: SendCommand): boolean {
  return timer.step === step && timer.direction === direction && timer.round === round && timer.attempt === attempt;
}

export function matches(timer: SagaTimer, { stage, timer: one }: DoomedTimers): boolean {
  if (one !== null) {
    return (["kind", "step", "direction", "round", "attempt"] as const).every((name) => timer[name] === one[name]);
  }
  return stage === null || (timer.step === stage.step && timer.direction === stage.direction);
}

function withReason(entry: SagaLogEntry, reason: string): SagaLogEntry {
  const { detail } = entry;
  if (detail === undefined) return { ...entry, detail: { reason } };
  return typeof detail === "object" && detail !== null && !Array.isArray(detail)
    ? { ...entry, detail: { ...detail, reason } }
    : { ...entry, detail: { reason, detail } };
}
