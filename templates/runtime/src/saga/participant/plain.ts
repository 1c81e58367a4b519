import { aggregateIdIn } from "../../aggregate/aggregate-id.ts";
import { ContractError } from "../../aggregate/execute.ts";
import { type UnitOfWork, unitOfWork } from "../../aggregate/unit-of-work.ts";
import type { Transaction } from "../../database/database.ts";
import { GiveUpError, NotYetError } from "../../inbox/consumer-options.ts";
import type { NamedCommand, NamedEvent } from "../../service/definition.ts";
import { judge, settled } from "./judge.ts";
import type { Parts } from "./participant.ts";
import { outcomeOf, replyOf } from "./reply.ts";
import { keyOf, type LockedRows, lockRows, type ParticipantRow, saveRows } from "./row.ts";
import { nameOf, type SagaTask } from "./task.ts";

/**
 * Does tasks in the caller's transaction: rows are locked and stored together, aggregates too, and replies and events
 * leave in one insert.
 */
export function plainRunner<State, Command extends NamedCommand, Event extends NamedEvent>(
  parts: Parts<State, Command, Event>,
): (tx: Transaction, tasks: readonly SagaTask[]) => Promise<void> {
  const { aggregate, log, observer } = parts;
  const { definition } = aggregate;

  return async (tx, tasks) => {
    // R5: whoever comes second waits here, whichever process has the other direction.
    const locked = await lockRows(tx, tasks);
    const unit = unitOfWork(aggregate, tx);
    await unit.prefetch(tasks.flatMap((task) => aggregateOf(task, locked)));
    const rows = new Map<string, ParticipantRow>();
    for (const task of tasks) {
      parts.check(task, locked);
      const before = rows.get(keyOf(task)) ?? locked.get(task);
      rows.set(keyOf(task), await one(tx, task, before, unit));
    }
    await unit.finish();
    await saveRows(tx, [...rows.values()]);
  };

  async function one(
    tx: Transaction,
    task: SagaTask,
    before: ParticipantRow,
    unit: UnitOfWork<Command, Event>,
  ): Promise<ParticipantRow> {
    const verdict = judge(before, task, parts.canRefuseForwardOf(task));
    const { row } = verdict;
    switch (verdict.be) {
      case "answered":
        for (const reply of replyOf(definition, task, verdict.answer)) unit.send(reply);
        return row;
      case "refused":
        observer?.refused?.(task);
        return row;
      case "postponed":
        throw new NotYetError(`${nameOf(task)} waits for a call`, verdict.ms, (own) => saveIntent(own, row));
      case "given-up":
        throw new GiveUpError(`${nameOf(task)}: ${verdict.reason}`);
      case "done": {
        const { outcome, reply } = outcomeOf(definition, task, await run(tx, task, unit));
        const answer = { ...reply, outcome, round: task.round };
        for (const message of replyOf(definition, task, answer)) unit.send(message);
        return settled(row, task, outcome, reply);
      }
    }
  }

  /** The events that the author's handler, or the decider, leads to. */
  async function run(tx: Transaction, task: SagaTask, unit: UnitOfWork<Command, Event>): Promise<readonly Event[]> {
    const { command: type, data, cause } = task;
    const handler = parts.handlerOf(type);
    // The contract has been checked, and says what the decider's commands are.
    if (handler === undefined) return (await unit.execute({ type, data } as NamedCommand as Command, cause)).events;
    const events: Event[] = [];
    const command = { type, data };
    // The author's statements see what was done before, and find what `execute` does.
    await unit.store();
    await handler(command, {
      tx,
      log: log.child({ correlationid: cause.correlationid, saga: task.sagaId, step: task.step, command: type }),
      async execute(inner) {
        const violation = aggregate.contracts.command(inner.type, inner.data);
        if (violation !== undefined)
          throw new ContractError(
            `${definition.name}.${inner.type} breaks its contract at ${violation.pointer}: ${violation.detail}`,
          );
        const outcome = await unit.execute(inner, cause);
        await unit.store();
        events.push(...outcome.events);
        return outcome;
      },
    });
    return events;
  }

  /** Which aggregates are about to be needed: an author's handler, too, mostly executes something on its command's. */
  function aggregateOf(task: SagaTask, locked: LockedRows): readonly string[] {
    if (judge(locked.get(task), task).be !== "done") return [];
    const id = aggregateIdIn(definition, task.data);
    return id === undefined ? [] : [id];
  }
}

/**
 * R19: a compensation's intent, committed although it has to wait: from now on no forward is called. What else the row
 * says is left as it is, for that may have changed since it was judged.
 */
export async function saveIntent(tx: Transaction, judged: ParticipantRow): Promise<void> {
  const row = (await lockRows(tx, [judged])).get(judged);
  const { forwardRefused, compensationTask } = judged;
  await saveRows(tx, [{ ...row, forwardRefused: row.forwardRefused || forwardRefused, compensationTask }]);
}
