import type { Transaction } from "../../database/database.ts";
import { type ExternalRun, GiveUpError, NotYetError } from "../../inbox/consumer-options.ts";
import type { ExternalCommand, NamedCommand, NamedEvent } from "../../service/definition.ts";
import { concluder } from "./conclude.ts";
import { judge } from "./judge.ts";
import type { Parts } from "./participant.ts";
import { saveIntent } from "./plain.ts";
import { replyOf } from "./reply.ts";
import { lockRows, type ParticipantRow, saveRows } from "./row.ts";
import { nameOf, type SagaTask } from "./task.ts";
import { withinLimit } from "./within-limit.ts";

const LIMIT_MS = 30_000;

/**
 * Does a task that calls something outside the database (R19): its intent is committed, the call runs outside any
 * transaction, its outcome is committed with the mark. After a crash in between the same call is made with the same key.
 */
export function externalRunner<State, Command extends NamedCommand, Event extends NamedEvent>(
  parts: Parts<State, Command, Event>,
  runPlain: (tx: Transaction, tasks: readonly SagaTask[]) => Promise<void>,
): (task: SagaTask, run: ExternalRun) => Promise<void> {
  const { aggregate, log, observer } = parts;
  const { definition, insertMessages } = aggregate;
  const conclude = concluder(aggregate);

  async function call(task: SagaTask, run: ExternalRun): Promise<void> {
    const external = parts.externalOf(task.command);
    const begun = await run.database.transaction((tx) => begin(tx, task, external, run));
    if (begun === undefined) return;
    if (begun.owes !== undefined) return undo(begun.owes, run);
    if (external === undefined) throw new GiveUpError(`${definition.name}.${task.command} has no handler with a call`);
    const row = await run.database.transaction((tx) => lookAgain(tx, task, run));
    if (row === undefined) return;
    const event = await callOutside(task, row, external, run.signal);
    const owes = await run.database.transaction((tx) => conclude(tx, { task, seen: row, event }, run));
    if (owes !== undefined) await undo(owes, run);
  }

  /** Judges the command and commits its intent. Undefined: there is nothing to call. */
  async function begin(
    tx: Transaction,
    task: SagaTask,
    external: ExternalCommand<Event> | undefined,
    run: ExternalRun,
  ): Promise<{ readonly owes?: SagaTask } | undefined> {
    const locked = await lockRows(tx, [task]);
    parts.check(task, locked);
    const before = locked.get(task);
    // The process that committed this forward's outcome ended before it could run the compensation's call again.
    if (task.direction === "forward" && before.compensationAgain && before.compensationTask !== null)
      return { owes: before.compensationTask };
    const row = await toBeDone(tx, task, before, run);
    if (row === undefined) return undefined;
    const intent = task.direction === "forward" ? callBegins(row, task, external?.limitMs ?? LIMIT_MS) : row;
    await saveRows(tx, [intent]);
    return {};
  }

  /**
   * Right before the call, in a transaction of its own: the compensation may have begun since the intent, in another
   * process, and from then on no forward is called.
   */
  async function lookAgain(tx: Transaction, task: SagaTask, run: ExternalRun): Promise<ParticipantRow | undefined> {
    const before = (await lockRows(tx, [task])).get(task);
    const row = await toBeDone(tx, task, before, run);
    if (row === undefined) return undefined;
    const seen = task.direction === "forward" ? { ...row, calledNow: true as const } : row;
    await saveRows(tx, [seen]);
    return seen;
  }

  /** The row when the command is to be done; else all that there is to do is done in `tx`. */
  async function toBeDone(
    tx: Transaction,
    task: SagaTask,
    before: ParticipantRow,
    run: ExternalRun,
  ): Promise<ParticipantRow | undefined> {
    const verdict = judge(before, task, parts.canRefuseForwardOf(task));
    const { row } = verdict;
    switch (verdict.be) {
      case "done":
        return row;
      case "answered":
        await saveRows(tx, [row]);
        await insertMessages(tx, replyOf(definition, task, verdict.answer));
        await run.mark(tx);
        return undefined;
      case "refused":
        await run.mark(tx);
        observer?.refused?.(task);
        return undefined;
      case "postponed":
        throw new NotYetError(`${nameOf(task)} waits for a call`, verdict.ms, (own) => saveIntent(own, row));
      case "given-up":
        throw new GiveUpError(`${nameOf(task)}: ${verdict.reason}`);
    }
  }

  function callOutside(
    task: SagaTask,
    row: ParticipantRow,
    external: ExternalCommand<Event>,
    stop: AbortSignal,
  ): Promise<Event | undefined> {
    const { command: type, data, cause } = task;
    return withinLimit(nameOf(task), external.limitMs ?? LIMIT_MS, stop, (signal) =>
      external.call(
        { type, data },
        {
          // R4, R19: whoever calls again, after a crash or for a resent command, gives the same key.
          idempotencyKey: task.direction === "forward" ? (row.forwardKey ?? task.idempotencyKey) : task.idempotencyKey,
          ...(task.direction === "compensation" && row.forwardKey !== null ? { forwardKey: row.forwardKey } : {}),
          signal,
          log: log.child({ correlationid: cause.correlationid, saga: task.sagaId, step: task.step, command: type }),
        },
      ),
    );
  }

  /** Runs a compensation that a forward's late outcome has made due again; then the forward's message is handled. */
  async function undo(owed: SagaTask, run: ExternalRun): Promise<void> {
    if (parts.externalOf(owed.command) === undefined)
      await run.database.transaction(async (tx) => {
        await runPlain(tx, [owed]);
        await run.mark(tx);
      });
    else await call(owed, run);
  }

  return call;
}

/** The intent of a forward's call. One that is open keeps its key and its round: the call is the same. */
function callBegins(row: ParticipantRow, task: SagaTask, limitMs: number) {
  const open = row.called && row.forwardOutcome === null && row.forwardKey !== null;
  return {
    ...row,
    forwardRound: open ? row.forwardRound : task.round,
    forwardKey: open ? row.forwardKey : task.idempotencyKey,
    forwardOutcome: null,
    forwardReply: null,
    forwardLimitMs: limitMs,
    calledNow: true as const,
  };
}
