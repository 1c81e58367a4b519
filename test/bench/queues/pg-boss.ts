import { load } from "../peers/npm.ts";
import { filling, type Queue } from "./queue.ts";

interface Boss {
  on(event: "error", listener: () => void): void;
  start(): Promise<unknown>;
  createQueue(name: string, options: object): Promise<void>;
  insert(name: string, jobs: readonly { data: object }[]): Promise<unknown>;
  send(name: string, data: object): Promise<unknown>;
  work(name: string, options: object, handler: (jobs: { data: { sent: number } }[]) => Promise<void>): Promise<unknown>;
  stop(options: object): Promise<void>;
}

const name = "messages";

/** pg-boss at its fastest: batches, the next one at once after a full one, woken by notifications. */
export const pgBoss: Queue = {
  name: "pg-boss 12.38.0",
  messages: 20_000,
  async open(databaseUrl) {
    const { PgBoss } = await load<{ PgBoss: new (options: object) => Boss }>("pg-boss");
    const boss = new PgBoss({ connectionString: await databaseUrl("boss"), useListenNotify: true });
    boss.on("error", () => undefined);
    await boss.start();
    await boss.createQueue(name, { notify: true });
    return {
      async fill(count) {
        for (let from = 0; from < count; from += 1_000) {
          const length = Math.min(1_000, count - from);
          await boss.insert(
            name,
            Array.from({ length }, (_, at) => ({ data: { sent: from + at, filling } })),
          );
        }
      },
      async start(handled) {
        const options = { batchSize: 500, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
        await boss.work(name, options, async (jobs) => {
          for (const { data } of jobs) handled(data.sent);
        });
      },
      send: async (sent) => void (await boss.send(name, { sent, filling })),
      stop: () => boss.stop({ graceful: false, close: true }),
    };
  },
};
