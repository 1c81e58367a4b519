/** Lets one caller sleep until somebody wakes it. A call of `ring` that comes before `sleep` is not lost. */
export interface Alarm {
  ring(): void;
  /** Resolves at the next ring, at once if it rang since the last sleep, or after `limitMs`. */
  sleep(limitMs?: number): Promise<void>;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wake?.();
    },
    async sleep(limitMs) {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        const timer = limitMs === undefined ? undefined : setTimeout(resolve, limitMs);
        await promise;
        clearTimeout(timer);
        wake = undefined;
      }
      rung = false;
    },
  };
}
