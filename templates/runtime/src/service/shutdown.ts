import type { Logger } from "pino";

/** What has been opened, to be closed in reverse order. */
export interface Openings {
  /** Remembers how to close what has just been opened. */
  add(name: string, close: () => Promise<void>): void;
  /**
   * Closes all of it, the last opened first. One that fails does not keep the others open.
   * @throws ShutdownError after `limitMs`, or when one has failed
   */
  closeAll(limitMs: number): Promise<void>;
}

export class ShutdownError extends Error {
  override readonly name = "ShutdownError";
}

export function createOpenings(log: Logger): Openings {
  const open: { readonly name: string; readonly close: () => Promise<void> }[] = [];

  return {
    add: (name, close) => {
      open.push({ name, close });
    },

    async closeAll(limitMs) {
      const failed: string[] = [];
      let closing = "";
      const inReverse = async () => {
        for (let next = open.pop(); next !== undefined; next = open.pop()) {
          closing = next.name;
          log.debug({ part: next.name }, "closing");
          await next.close().catch((error: unknown) => {
            failed.push(next.name);
            log.error({ err: error, part: next.name }, "could not be closed");
          });
        }
        return "done";
      };
      const { promise: limit, resolve } = Promise.withResolvers<"limit">();
      const timer = setTimeout(() => resolve("limit"), limitMs);
      try {
        if ((await Promise.race([inReverse(), limit])) === "limit")
          throw new ShutdownError(`the stop took longer than ${limitMs} ms: ${closing} did not close`);
        if (failed.length > 0) throw new ShutdownError(`could not close: ${failed.join(", ")}`);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
