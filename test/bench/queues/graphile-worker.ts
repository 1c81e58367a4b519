import pg from "pg";
import { load } from "../peers/npm.ts";
import { filling, type Queue } from "./queue.ts";

interface GraphileWorker {
  readonly Logger: new (factory: () => () => void) => object;
  makeWorkerUtils(options: object): Promise<WorkerUtils>;
  run(options: object): Promise<{ stop(): Promise<void> }>;
}

interface WorkerUtils {
  migrate(): Promise<void>;
  addJob(task: string, payload: object): Promise<unknown>;
  addJobs(jobs: readonly { identifier: string; payload: object }[]): Promise<unknown>;
  release(): Promise<void>;
}

/** Graphile Worker as its guide to performance advises: a local queue, completions in batches, many jobs at once. */
export const graphileWorker: Queue = {
  name: "graphile-worker 0.18.0",
  messages: 20_000,
  async open(databaseUrl) {
    const { Logger, makeWorkerUtils, run } = await load<GraphileWorker>("graphile-worker");
    // A pool of ours can be waited for: its own one is still closing when it says that it has stopped.
    const pgPool = new pg.Pool({ connectionString: await databaseUrl("graphile"), max: 26 });
    pgPool.on("error", () => undefined);
    pgPool.on("connect", (client) => client.on("error", () => undefined));
    const logger = new Logger(() => () => undefined);
    const utils = await makeWorkerUtils({ pgPool, logger });
    await utils.migrate();
    let runner: { stop(): Promise<void> } | undefined;
    const job = (sent: number) => ({ identifier: "message", payload: { sent, filling } });
    return {
      async fill(count) {
        for (let from = 0; from < count; from += 1_000) {
          await utils.addJobs(Array.from({ length: Math.min(1_000, count - from) }, (_, at) => job(from + at)));
        }
      },
      async start(handled) {
        runner = await run({
          pgPool,
          logger,
          noHandleSignals: true,
          preset: { worker: { concurrentJobs: 24, localQueue: { size: 500 }, completeJobBatchDelay: 0 } },
          taskList: { message: async ({ sent }: { sent: number }) => handled(sent) },
        });
      },
      send: async (sent) => void (await utils.addJob("message", job(sent).payload)),
      async stop() {
        await runner?.stop();
        await utils.release();
        await pgPool.end();
      },
    };
  },
};
