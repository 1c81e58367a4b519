/** A pause that a kick ends early. A kick that comes while nobody pauses ends the next pause at once. */
export interface WakeUp {
  kick(): void;
  pause(ms: number): Promise<void>;
}

export function createWakeUp(): WakeUp {
  let kicked = false;
  let wake: (() => void) | undefined;
  return {
    kick() {
      kicked = true;
      wake?.();
    },
    async pause(ms) {
      if (!kicked) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      kicked = false;
    },
  };
}
