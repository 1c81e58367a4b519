import type { SagaReply, SendCommand } from "../../../../../templates/runtime/src/saga/transition.ts";
import { provider } from "./provider.ts";
import type { Fate, RandomSaga } from "./random-saga.ts";

/** `nothing`: acknowledged without a reply. `again`: not yet, and counts as no attempt. `thrown`: to the dead letters. */
export type Answer = SagaReply | "nothing" | "again" | "thrown";

/** A call outside the database whose outcome is not recorded yet. */
interface Call {
  readonly command: SendCommand;
  phase: "intended" | "looked" | "made";
  outcome?: "success" | "failure";
}

interface Stored {
  readonly outcome: "success" | "failure";
  readonly round: number;
  readonly noop?: true;
}

/** The row of R5: one a saga and step. */
interface Row {
  forward?: Stored;
  compensation?: Stored;
  forwardRefused: boolean;
  compensationRefused: boolean;
  /** The key of the call that was begun last. */
  called?: string;
  callMayStillBeOpen: boolean;
}

export interface Participants {
  handle(command: SendCommand): Answer;
  /** Calls that a worker is at. */
  readonly calls: Call[];
  /** The worker goes one phase on; what it answers is its reply. */
  work(call: Call): SagaReply | undefined;
  /** The worker is killed: its call is nobody's until a resend finds it. */
  kill(call: Call): void;
  /** The time limit of every open call has passed. */
  passTimeLimits(): void;
  /** Handlers that threw have been put right, and third rounds succeed. */
  heal(): void;
  /** How often each effect has come about: `s1/forward`. */
  readonly effects: ReadonlyMap<string, number>;
}

/** Participants as R5 and R19 describe them, all services together: rows are by step. */
export function participants({ external, fates }: RandomSaga): Participants {
  const rows = new Map<string, Row>();
  const effects = new Map<string, number>();
  const calls: Call[] = [];
  let healed = false;
  const count = (effect: string) => effects.set(effect, (effects.get(effect) ?? 0) + 1);
  const outside = provider(count);

  const fateOf = ({ command, round }: SendCommand): Fate => {
    const drawn = fates[(command.length * 7 + command.charCodeAt(command.length - 1) + round * 5) % fates.length]!;
    if (healed) return round > 2 || drawn === "throws" ? "success" : drawn;
    return drawn;
  };
  const rowOf = (step: string): Row => {
    const row = rows.get(step) ?? { forwardRefused: false, compensationRefused: false, callMayStillBeOpen: false };
    rows.set(step, row);
    return row;
  };
  const reply = ({ step, direction }: SendCommand, stored: Stored): SagaReply => ({
    type: "reply",
    step,
    direction,
    ...stored,
    data: stored.noop === true ? {} : { value: `${step}-${stored.round}` },
  });
  const keep = (row: Row, command: SendCommand, outcome: "success" | "failure", noop?: true): SagaReply => {
    const stored = { outcome, round: command.round, ...(noop === undefined ? {} : { noop }) };
    row[command.direction] = stored;
    return reply(command, stored);
  };
  const givesWay = (stored: Stored, command: SendCommand) =>
    stored.outcome === "failure" && stored.round < command.round;

  const begin = (row: Row, command: SendCommand): Answer => {
    row.called = command.idempotencyKey;
    row.callMayStillBeOpen = true;
    delete row.forward;
    if (!calls.some((call) => call.command.step === command.step)) calls.push({ command, phase: "intended" });
    return "nothing";
  };

  const forward = (row: Row, command: SendCommand): Answer => {
    if (row.forwardRefused) return "nothing";
    if (row.forward !== undefined && !givesWay(row.forward, command)) return reply(command, row.forward);
    const fate = fateOf(command);
    if (fate === "throws") return "thrown";
    if (external.has(command.step)) return begin(row, command);
    if (fate === "success") count(`${command.step}/forward`);
    return keep(row, command, fate);
  };

  const compensation = (row: Row, command: SendCommand): Answer => {
    row.forwardRefused = true;
    if (row.compensationRefused) return "nothing";
    if (row.compensation !== undefined && !givesWay(row.compensation, command)) return reply(command, row.compensation);
    if (openCall(row) && row.callMayStillBeOpen) return "again";
    const fate = fateOf(command);
    if (fate === "throws") return "thrown";
    if (row.called !== undefined && row.forward?.outcome !== "failure") {
      if (fate === "failure") return keep(row, command, "failure");
      const undone = outside.undo(row.called, command.step);
      return keep(row, command, "success", undone ? undefined : true);
    }
    if (row.forward?.outcome !== "success") return keep(row, command, "success", true);
    if (fate === "success") count(`${command.step}/compensation`);
    return keep(row, command, fate);
  };

  const tombstone = (row: Row, command: SendCommand): Answer => {
    const stored = row[command.direction];
    if (stored?.outcome === "success") return reply(command, stored);
    // To refuse it would be to say that it was not done.
    if (command.direction === "forward" && openCall(row)) return row.callMayStillBeOpen ? "again" : "thrown";
    if (command.direction === "compensation") row.compensationRefused = true;
    row.forwardRefused = true;
    const { step, direction, round } = command;
    return { type: "reply", step, direction, round, outcome: "refused", data: {} };
  };

  const openCall = (row: Row) => row.called !== undefined && row.forward === undefined;

  return {
    handle(command) {
      const row = rowOf(command.step);
      if (command.purpose === "tombstone") return tombstone(row, command);
      return command.direction === "forward" ? forward(row, command) : compensation(row, command);
    },
    calls,
    work(call) {
      const { command } = call;
      const row = rowOf(command.step);
      if (call.phase === "intended") {
        // R19: looks again right before its call.
        if (row.forwardRefused) {
          calls.splice(calls.indexOf(call), 1);
          row.callMayStillBeOpen = false;
        } else call.phase = "looked";
        return undefined;
      }
      if (call.phase === "looked") {
        const made = fateOf(command) !== "failure" && outside.make(command.idempotencyKey, command.step);
        call.outcome = made ? "success" : "failure";
        call.phase = "made";
        return undefined;
      }
      calls.splice(calls.indexOf(call), 1);
      row.callMayStillBeOpen = false;
      if (row.forward?.outcome === "success") return reply(command, row.forward);
      const answer = keep(row, command, call.outcome!);
      // R19: an outcome that is committed after all runs the compensation's call again.
      if (row.compensation?.outcome === "success") outside.undo(command.idempotencyKey, command.step);
      return answer;
    },
    kill(call) {
      calls.splice(calls.indexOf(call), 1);
    },
    passTimeLimits() {
      for (const row of rows.values()) row.callMayStillBeOpen = false;
    },
    heal() {
      healed = true;
    },
    effects,
  };
}
