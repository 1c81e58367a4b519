import type { Transaction } from "../../database/database.ts";
import type { commandMessage } from "./command-message.ts";
import { sagaQuery } from "./queries.ts";
import type { Subject } from "./subject.ts";

const SINCE = sagaQuery("since");
/** Participants remember steps for longer, whatever their settings. */
const DAY_MS = 86_400_000;

type Command = ReturnType<typeof commandMessage>;

/**
 * Says in the commands of sagas that began long ago when their step was first asked for: its participant may have
 * forgotten it since (R20), and would take its compensation for one that has nothing to undo.
 */
export async function withSince(
  tx: Transaction,
  subjects: readonly Subject[],
  commands: readonly Command[],
): Promise<readonly Command[]> {
  const old = subjects.filter(({ startedAt }) => startedAt !== undefined && Date.now() - startedAt.getTime() > DAY_MS);
  if (old.length === 0 || commands.length === 0) return commands;
  const { rows } = await tx.query<{ id: string; step: string; since: Date }>(SINCE, [old.map(({ id }) => id)]);
  const since = new Map(rows.map((row) => [JSON.stringify([row.id, row.step]), row.since.toISOString()]));
  return commands.map((command) => {
    const { sagaid, sagastep } = command.envelope;
    const sagasince = since.get(JSON.stringify([sagaid, sagastep]));
    return sagasince === undefined ? command : { ...command, envelope: { ...command.envelope, sagasince } };
  });
}
