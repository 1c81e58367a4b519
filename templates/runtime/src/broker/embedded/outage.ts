import type { BrokerLog } from "./log.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Says once that the database fails and once that it is back, however many loops notice it. */
export interface Outage {
  /** For one loop. */
  witness(): Witness;
}

export interface Witness {
  /** The pause in milliseconds before the next attempt; longer after each failure in a row. */
  failed(error: unknown): number;
  /** It works again, or the loop has ended. */
  over(): void;
}

export function createOutage(log: BrokerLog): Outage {
  const failing = new Set<object>();
  return {
    witness() {
      const self = {};
      let failures = 0;
      return {
        failed(error) {
          if (failing.size === 0) log.warn({ error }, "the broker's database fails; trying again until it answers");
          failing.add(self);
          return Math.min(FIRST_PAUSE_MS * 2 ** failures++, LONGEST_PAUSE_MS);
        },
        over() {
          failures = 0;
          if (failing.delete(self) && failing.size === 0) log.info({}, "the broker's database answers again");
        },
      };
    },
  };
}
