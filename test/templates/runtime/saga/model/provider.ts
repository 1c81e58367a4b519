/** A payment provider: does what it is asked once a key, and can refuse a key for good. */
export interface Provider {
  /** Whether it was done, now or before. */
  make(key: string, step: string): boolean;
  /** Whether there was something to undo. */
  undo(key: string, step: string): boolean;
}

/** @param count hears of each effect: `s1/forward`, `s1/compensation` */
export function provider(count: (effect: string) => void): Provider {
  const keys = new Map<string, "made" | "refused">();
  return {
    make(key, step) {
      if (!keys.has(key)) {
        keys.set(key, "made");
        count(`${step}/forward`);
      }
      return keys.get(key) === "made";
    },
    undo(key, step) {
      const made = keys.get(key) === "made";
      keys.set(key, "refused");
      if (made) count(`${step}/compensation`);
      return made;
    },
  };
}
