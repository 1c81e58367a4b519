import type { Transaction } from "../../database/database.ts";
import { sagaQuery } from "./queries.ts";

const ARM = sagaQuery("arm-timers");

/**
 * For `RelayOptions.onPublished`: arms the timers of the commands that have left, in the transaction that records them
 * as published (R13).
 * @param armed hears in how many milliseconds the first of them is due
 */
export function armTimers(
  armed: (inMs: number) => void = () => {},
): (tx: Transaction, ids: readonly string[]) => Promise<void> {
  return async (tx, ids) => {
    if (ids.length === 0) return;
    const { rows } = await tx.query<{ delayMs: number }>(ARM, [ids]);
    if (rows.length > 0) armed(Math.min(...rows.map(({ delayMs }) => delayMs)));
  };
}
