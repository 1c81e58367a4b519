import { setTimeout as pause } from "node:timers/promises";
import { load } from "../peers/npm.ts";
import type { SagaRunner } from "./runner.ts";

interface Dbos {
  setConfig(config: object): void;
  registerWorkflow<A extends unknown[]>(
    work: (...args: A) => Promise<void>,
    options: object,
  ): (...args: A) => Promise<void>;
  runStep<T>(work: () => Promise<T>, options: object): Promise<T>;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
  startWorkflow<A extends unknown[]>(
    workflow: (...args: A) => Promise<void>,
  ): (...args: A) => Promise<{ getResult(): Promise<void> }>;
}

/** Workflows that run at once: with more of them it completes no more in a second. */
const atOnce = 64;

/** A durable workflow of three durable steps in one process: no broker, no second service, no outbox between them. */
export const dbos: SagaRunner = {
  name: "DBOS 5.3.0",
  async open(databaseUrl) {
    const { DBOS } = await load<{ DBOS: Dbos }>("@dbos-inc/dbos-sdk");
    DBOS.setConfig({
      name: "bench",
      systemDatabaseUrl: await databaseUrl("dbos"),
      logLevel: "error",
      runAdminServer: false,
    });
    const saga = DBOS.registerWorkflow(
      async (orderId: string) => {
        for (const name of ["reserve", "screen", "capture"]) await DBOS.runStep(async () => ({ orderId }), { name });
      },
      { name: `saga ${Date.now()}` },
    );
    await DBOS.launch();
    let begun = 0;
    const complete = async () => {
      const handle = await DBOS.startWorkflow(saga)(`order-${++begun}`);
      await handle.getResult();
    };
    const completeAll = async (count: number) => {
      let left = count;
      const client = async () => {
        while (left-- > 0) await complete();
      };
      await Promise.all(Array.from({ length: atOnce }, client));
    };
    await completeAll(200);
    return {
      completeAll,
      async steadily(perSecond, count) {
        const began = performance.now();
        const sagas: Promise<number>[] = [];
        for (let n = 0; n < count; n++) {
          const early = began + (n * 1_000) / perSecond - performance.now();
          if (early > 0) await pause(early);
          const at = performance.now();
          sagas.push(complete().then(() => performance.now() - at));
        }
        return Promise.all(sagas);
      },
      close: () => DBOS.shutdown(),
    };
  },
};
