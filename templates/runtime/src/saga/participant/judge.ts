import type { ParticipantRow, StoredReply } from "./row.ts";
import type { SagaTask } from "./task.ts";

/** What the row of a step says about a command of it. `row`: what is to be stored with it, in the same transaction. */
export type Verdict =
  /** Done before, or an operator's question: the answer, and nothing else. */
  | { readonly be: "answered"; readonly answer: Answer; readonly row: ParticipantRow }
  /** Never to be done any more. No reply; counted. */
  | { readonly be: "refused"; readonly row: ParticipantRow }
  | { readonly be: "done"; readonly row: ParticipantRow }
  /** A call may still be under way: not before its outcome is there or its time is over. */
  | { readonly be: "postponed"; readonly ms: number; readonly row: ParticipantRow }
  /** Nobody can tell what became of a call. */
  | { readonly be: "given-up"; readonly reason: string; readonly row: ParticipantRow };

export interface Answer extends StoredReply {
  readonly outcome: "success" | "failure" | "refused";
  /** Of what is answered: a stored failure's may be older than the command's. */
  readonly round: number;
}

/** @param canRefuse whether the provider of the step's forward call can refuse a key, or tell what became of it */
export function judge(row: ParticipantRow, task: SagaTask, canRefuse = true): Verdict {
  if (task.purpose === "tombstone") return task.direction === "forward" ? buryForward(row, task) : skip(row, task);
  return task.direction === "forward" ? forward(row, task) : compensation(row, task, canRefuse);
}

function forward(row: ParticipantRow, task: SagaTask): Verdict {
  // R5: from the compensation's intent on, in every round, also where it had been done.
  if (row.forwardRefused) return { be: "refused", row };
  const before = stored(row, "forward");
  if (before !== undefined && !givesWay(before, task)) return { be: "answered", answer: before, row };
  return { be: "done", row };
}

function compensation(row: ParticipantRow, task: SagaTask, canRefuse: boolean): Verdict {
  if (row.compensationRefused) return { be: "refused", row };
  const before = stored(row, "compensation");
  if (before !== undefined && !row.compensationAgain && !givesWay(before, task))
    return { be: "answered", answer: before, row };
  // R5, R19: its intent. It is stored also where the compensation itself has to wait.
  const begun: ParticipantRow = { ...row, forwardRefused: true };
  if (row.forwardOutcome === "success") return { be: "done", row: begun };
  if (!isOpen(row)) return nothingToUndo(begun, task);
  const waiting = { ...begun, compensationTask: task };
  // Given up, it is rolled back: its intent is stored before.
  if (row.callLeftMs > 0 || !(canRefuse || row.forwardRefused))
    return { be: "postponed", ms: row.callLeftMs, row: waiting };
  if (!canRefuse) {
    const reason =
      "the outcome of its step's call is open, and the provider can neither refuse it nor tell. " +
      "Ask the provider, then complete the compensation";
    return { be: "given-up", reason, row: waiting };
  }
  return { be: "done", row: waiting };
}

/** Its forward never came, or failed, or was refused: a success without an event and without data (R5). */
function nothingToUndo(row: ParticipantRow, task: SagaTask): Verdict {
  const reply = noop(task);
  const answer: Answer = { ...reply, outcome: "success", round: task.round };
  return { be: "answered", answer, row: settled(row, task, "success", reply) };
}

export function noop({ success }: SagaTask): StoredReply {
  return { type: success, data: {}, noop: true };
}

/** An operator's skip or fail of a forward: a success found there is told instead. */
function buryForward(row: ParticipantRow, task: SagaTask): Verdict {
  const before = stored(row, "forward");
  if (before?.outcome === "success") return { be: "answered", answer: before, row };
  if (isOpen(row)) {
    if (row.callLeftMs > 0) return { be: "postponed", ms: row.callLeftMs, row };
    // To refuse it would be to say that it was not done; a retry makes the same call again, and so learns the truth.
    const reason = "the outcome of its call is open: retry the step to learn it, or ask the provider and complete it";
    return { be: "given-up", reason, row };
  }
  return tombstone({ ...row, forwardRefused: true }, task, before);
}

/** An operator's skip of a compensation. What nobody will undo must not be done later either. */
function skip(row: ParticipantRow, task: SagaTask): Verdict {
  const before = stored(row, "compensation");
  if (before?.outcome === "success" && !row.compensationAgain) return { be: "answered", answer: before, row };
  return tombstone({ ...row, forwardRefused: true, compensationRefused: true }, task, before);
}

function tombstone(row: ParticipantRow, task: SagaTask, before: Answer | undefined): Verdict {
  // An older round's failure says nothing about the round that the operator asks about: that one was not done.
  if (before !== undefined && before.round === task.round) return { be: "answered", answer: before, row };
  const type = task.failure ?? task.success;
  return { be: "answered", answer: { type, data: {}, outcome: "refused", round: task.round }, row };
}

/** R5: a stored failure gives way to a command of a newer round, a stored success never does. */
function givesWay({ outcome, round }: Answer, task: SagaTask): boolean {
  return outcome === "failure" && task.round > round;
}

function isOpen(row: ParticipantRow): boolean {
  return row.called && row.forwardOutcome === null;
}

function stored(row: ParticipantRow, direction: SagaTask["direction"]): Answer | undefined {
  const [outcome, round, reply] =
    direction === "forward"
      ? [row.forwardOutcome, row.forwardRound, row.forwardReply]
      : [row.compensationOutcome, row.compensationRound, row.compensationReply];
  return outcome === null || round === null || reply === null ? undefined : { ...reply, outcome, round };
}

/** The row after a command was done, with what came of it. */
export function settled(
  row: ParticipantRow,
  task: SagaTask,
  outcome: "success" | "failure",
  reply: StoredReply,
): ParticipantRow {
  return task.direction === "forward"
    ? {
        ...row,
        forwardRound: task.round,
        forwardOutcome: outcome,
        forwardReply: reply,
        forwardKey: task.idempotencyKey,
      }
    : {
        ...row,
        compensationRound: task.round,
        compensationOutcome: outcome,
        compensationReply: reply,
        compensationAgain: false,
      };
}
