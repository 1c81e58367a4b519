import { createAlarm } from "../../alarm.ts";
import type { Database } from "../../database/database.ts";
import { isUnavailable } from "../../database/errors.ts";
import type { Stage } from "../transition.ts";
import type { SetOrchestrator } from "./create-orchestrator.ts";
import type { HearNews } from "./news.ts";
import { sagaQuery } from "./queries.ts";

const PARKED = sagaQuery("parked");

export interface ParkedWatchOptions {
  readonly database: Database;
  readonly orchestrator: Pick<SetOrchestrator, "applyAll">;
  readonly hear: HearNews;
  /** Default 1,000. */
  readonly pollMs?: number;
  /** Database away, or one saga could not be moved: goes on when it can. */
  readonly interrupted?: (error: unknown) => void;
}

export interface ParkedWatch {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The relay has parked something in this process. */
  kick(): void;
}

type Difference = Stage & { readonly type: "parked" | "unparked"; readonly id: string };

/**
 * Tells sagas which of their commands the relay cannot send, and which it can again (R13). It compares what both have in
 * their tables, again and again: a command may get behind a parked one, and be freed, in more ways than one, and the
 * relay need not know of sagas. In quiet times both sides of the comparison are empty.
 */
export function createParkedWatch(options: ParkedWatchOptions): ParkedWatch {
  const { database, orchestrator, hear, pollMs = 1_000 } = options;
  const alarm = createAlarm();
  let stopping = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping) {
      await compare().catch((error: unknown) => options.interrupted?.(error));
      if (!stopping) await alarm.sleep(pollMs);
    }
  }

  async function compare(): Promise<void> {
    const { rows } = await database.query<Difference & Record<string, unknown>>(PARKED);
    // One by one: whoever moves the saga meanwhile goes first, and nothing else waits for this.
    for (const { type, id, step, direction } of rows) {
      if (stopping) return;
      try {
        const moved = await database.transaction((tx) =>
          orchestrator.applyAll(tx, [{ id, input: { type, step, direction } }]),
        );
        hear(moved.flatMap(({ news }) => news));
      } catch (error) {
        if (isUnavailable(error)) throw error;
        // It is looked at again, and must not hold up those behind it.
        options.interrupted?.(error);
      }
    }
  }

  return {
    async start() {
      running ??= run();
    },
    async stop() {
      stopping = true;
      alarm.ring();
      await running;
    },
    kick: alarm.ring,
  };
}
