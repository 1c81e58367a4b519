const FORGOTTEN_AFTER_MS = 1_000;

/** What this process has admitted near a limit and has not decided yet: the database does not count it so far. */
export interface Admitted {
  /** Answers `count`. */
  add(count: number): number;
  /** One of them has begun, or never will. */
  decided(): void;
  /** Those that are open. Forgotten after a second, for their batch may have been taken away. */
  sum(): number;
}

export function createAdmitted(): Admitted {
  const open: { count: number; readonly until: number }[] = [];
  return {
    add(count) {
      open.push({ count, until: performance.now() + FORGOTTEN_AFTER_MS });
      return count;
    },
    decided() {
      const oldest = open.find(({ count }) => count > 0);
      if (oldest !== undefined) oldest.count--;
    },
    sum() {
      const now = performance.now();
      while (open[0] !== undefined && (open[0].count === 0 || open[0].until < now)) open.shift();
      return open.reduce((sum, { count }) => sum + count, 0);
    },
  };
}
