import { type Aggregate, recordEvent } from "../../aggregate/execute.ts";
import type { Transaction } from "../../database/database.ts";
import { type ExternalRun, NotYetError } from "../../inbox/consumer-options.ts";
import type { NamedCommand, NamedEvent } from "../../service/definition.ts";
import { noop, settled } from "./judge.ts";
import { outcomeOf, replyOf, type TaskOutcome } from "./reply.ts";
import { lockRows, type ParticipantRow, saveRows } from "./row.ts";
import { nameOf, type SagaTask } from "./task.ts";

/** A call that has come back. */
export interface Called<Event> {
  readonly task: SagaTask;
  /** The task's row as it was right before the call. */
  readonly seen: ParticipantRow;
  readonly event: Event | undefined;
}

/** Commits what came of a call (R19). Answers the compensation that is to be run again for it. */
export type Conclude<Event> = (
  tx: Transaction,
  called: Called<Event>,
  run: ExternalRun,
) => Promise<SagaTask | undefined>;

export function concluder<State, Command extends NamedCommand, Event extends NamedEvent>(
  aggregate: Aggregate<State, Command, Event>,
): Conclude<Event> {
  const { definition, insertMessages } = aggregate;

  async function forward(
    tx: Transaction,
    { task, seen, event }: Called<Event>,
    row: ParticipantRow,
    run: ExternalRun,
  ): Promise<SagaTask | undefined> {
    if (row.forwardOutcome !== null || row.forwardKey !== seen.forwardKey) {
      // Another process made the same call with the same key, and was first; a newer round may even be under way since,
      // whose outcome this is not.
      await run.mark(tx);
      return undefined;
    }
    const { outcome, reply } = outcomeOf(definition, task, event === undefined ? [] : [event]);
    await recordEvent(aggregate, tx, { type: task.command, data: task.data }, event!, task.cause);
    const round = row.forwardRound ?? task.round;
    await insertMessages(tx, replyOf(definition, task, { ...reply, outcome, round }));
    const done = { ...row, forwardOutcome: outcome, forwardReply: reply, forwardRound: round };
    // R19: the compensation has been run already, for nothing perhaps. Not marked before that is put right.
    const again = outcome === "success" && row.compensationOutcome === "success" && row.compensationTask !== null;
    await saveRows(tx, [{ ...done, compensationAgain: again }]);
    if (again) return row.compensationTask ?? undefined;
    await run.mark(tx);
    return undefined;
  }

  async function compensation(
    tx: Transaction,
    { task, seen, event }: Called<Event>,
    row: ParticipantRow,
    run: ExternalRun,
  ): Promise<undefined> {
    // R19: the forward's outcome was committed during the call, which may have found nothing to undo.
    if (row.forwardOutcome !== seen.forwardOutcome)
      throw new NotYetError(`${nameOf(task)}: the forward's outcome came during the call`, 0);
    if (row.compensationOutcome === "success" && !row.compensationAgain) {
      await run.mark(tx);
      return undefined;
    }
    // What had been undone by the first call stays so, and its event is published already.
    const undone = row.compensationReply?.noop === true ? null : row.compensationReply;
    const { outcome, reply } =
      row.compensationOutcome === "success" && undone !== null
        ? { outcome: "success" as const, reply: undone }
        : await undoing(tx, task, event);
    await saveRows(tx, [settled(row, task, outcome, reply)]);
    await insertMessages(tx, replyOf(definition, task, { ...reply, outcome, round: task.round }));
    await run.mark(tx);
    return undefined;
  }

  async function undoing(tx: Transaction, task: SagaTask, event: Event | undefined): Promise<TaskOutcome> {
    if (event === undefined) return { outcome: "success", reply: noop(task) };
    const found = outcomeOf(definition, task, [event]);
    await recordEvent(aggregate, tx, { type: task.command, data: task.data }, event, task.cause);
    return found;
  }

  return async (tx, called, run) => {
    const row = (await lockRows(tx, [called.task])).get(called.task);
    return called.task.direction === "forward" ? forward(tx, called, row, run) : compensation(tx, called, row, run);
  };
}
