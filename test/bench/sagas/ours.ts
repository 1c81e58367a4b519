import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createEmbeddedBroker } from "../../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../../templates/runtime/src/database/create-database.ts";
import { encodeRecord, newEnvelope } from "../../../templates/runtime/src/message/codec.ts";
import { checkout } from "../checkout.ts";
import type { SagaRunner } from "./runner.ts";
import { hostDefinition, participantDefinitions, triggerTopic, triggerType } from "./three-steps.ts";

const limitMs = 120_000;

/** The way of a generated system: a service hosts the saga, three take part, each with its database, outbox and inbox. */
export function orchestrators(count: number): SagaRunner {
  return {
    name: count === 1 ? "one orchestrator" : `${count} orchestrators`,
    async open(databaseUrl) {
      const migrations = mkdtempSync(join(tmpdir(), "eda-bench-"));
      for (const template of ["service", "outbox-migration", "saga", "saga-participant"])
        cpSync(checkout(`templates/${template}/migrations`), migrations, { recursive: true });
      const brokerUrl = await databaseUrl("broker");
      const databaseUrls: Record<string, string> = {};
      for (const { name } of [hostDefinition, ...participantDefinitions]) databaseUrls[name] = await databaseUrl(name);
      const broker = await createEmbeddedBroker({ url: brokerUrl });
      await broker.ensureTopics(hostDefinition.topics);
      const database = createDatabase({ url: databaseUrls.orders ?? "" });
      const processes: ChildProcess[] = [];
      const start = async (part: "host" | "participants", instance: string) => {
        const SETTINGS = JSON.stringify({ part, instance, brokerUrl, databaseUrls, migrations });
        const child = fork(join(import.meta.dirname, "services.mts"), { env: { ...process.env, SETTINGS } });
        processes.push(child);
        await once(child, "message");
      };
      await start("participants", "participants");
      for (let n = 1; n <= count; n++) await start("host", `host ${n}`);

      let begun = 0;
      const begin = (some: number) => {
        const ids = Array.from({ length: some }, () => `order-${++begun}`);
        const sentAt = Date.now();
        return broker.publish(
          ids.map((orderId) => {
            const envelope = newEnvelope({ type: triggerType, source: "/orders", subject: orderId });
            return encodeRecord(envelope, triggerTopic, orderId, { orderId, sentAt });
          }),
        );
      };
      const completed = async () => {
        const { rows } = await database.query<{ count: bigint }>(
          "SELECT count(*) FROM public.saga WHERE status = 'completed'",
        );
        return Number(rows[0]?.count);
      };
      const allCompleted = async () => {
        for (const end = performance.now() + limitMs; (await completed()) < begun; await pause(20))
          if (performance.now() > end) throw new Error(`only ${await completed()} of ${begun} sagas were completed`);
      };
      // Every partition has an owner and every statement its plan.
      await begin(200);
      await allCompleted();
      return {
        async completeAll(some) {
          for (let left = some; left > 0; left -= 500) await begin(Math.min(left, 500));
          await allCompleted();
        },
        async steadily(perSecond, some) {
          const before = begun;
          const began = performance.now();
          const sends: Promise<void>[] = [];
          for (let n = 0; n < some; n++) {
            const early = began + (n * 1_000) / perSecond - performance.now();
            if (early > 0) await pause(early);
            sends.push(begin(1));
          }
          await Promise.all(sends);
          await allCompleted();
          const { rows } = await database.query<{ ms: number }>(
            `SELECT (extract(epoch FROM ended_at) * 1000 - (state->'trigger'->>'sentAt')::double precision)::double precision AS ms
             FROM public.saga WHERE substr(key, 7)::integer > $1`,
            [before],
          );
          return rows.map(({ ms }) => ms);
        },
        async close() {
          for (const child of processes) {
            child.send("stop");
            await once(child, "exit");
          }
          await database.close();
          await broker.close();
          rmSync(migrations, { recursive: true, force: true });
        },
      };
    },
  };
}
