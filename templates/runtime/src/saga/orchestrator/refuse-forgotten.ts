import type { Transaction } from "../../database/database.ts";
import { GiveUpError } from "../../inbox/consumer-options.ts";
import type { Message } from "../../message/message.ts";

/** The clocks of a message's service and of this database differ by less. */
const CLOCKS_MS = 3_600_000;

/**
 * R20: the saga of an old message may have ended and been forgotten, and must not run a second time. Time is this
 * database's.
 * @throws GiveUpError for the first that is older than sagas are kept
 */
export async function refuseForgotten(
  tx: Transaction,
  saga: string,
  messages: readonly Message[],
  retentionMs: number,
): Promise<void> {
  const { rows } = await tx.query<{ now: Date }>("SELECT clock_timestamp() AS now");
  const now = rows[0]!.now.getTime();
  // Of no time: nobody can tell either.
  const old = messages.find(({ time }) => !(now - Date.parse(time) < retentionMs - CLOCKS_MS));
  if (old === undefined) return;
  throw new GiveUpError(
    `${old.type} ${old.id} is of ${old.time}, and sagas of ${saga} that have ended are kept for ` +
      `${Math.floor(retentionMs / 86_400_000)} days: nobody can tell whether it has had its saga already`,
  );
}
