import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { eventually } from "../../../../../templates/runtime/src/testing/eventually.ts";
import { type ServiceProcess, startProcess } from "../../service/process.ts";
import type { Surroundings } from "../../service/running.ts";
import { type LoyaltySystem, loyaltySystem } from "./loyalty-system.ts";

describe("a choreography whose processes are killed", function () {
  this.timeout(90_000);
  let on: LoyaltySystem;
  const running = new Set<ServiceProcess>();
  before(async () => {
    on = await loyaltySystem();
  });
  after(async () => {
    for (const each of running) await kill(each);
    await on.close();
  });

  async function start(service: "loyalty" | "gifts"): Promise<ServiceProcess> {
    const program = new URL(`${service}.main.mts`, import.meta.url);
    const started = startProcess(on[service], { LOG_LEVEL: "warn", EDA_INSTANCE: service }, [], program);
    running.add(started);
    // Below its level is the line by which a process says that it has started.
    return started;
  }
  async function kill(process: ServiceProcess): Promise<void> {
    running.delete(process);
    process.child.kill("SIGKILL");
    await process.ended;
  }
  const orders = Array.from({ length: 90 }, (_, at) => `${["order", "greedy", "poor"][at % 3]}-${randomUUID()}`);
  const events = async (at: Surroundings) =>
    (await at.database.query("SELECT FROM public.aggregates").catch(() => ({ count: 0 }))).count;
  const ended = async () =>
    (await on.loyalty.database.query("SELECT FROM public.saga WHERE ended_at IS NOT NULL").catch(() => ({ count: 0 })))
      .count;
  const confirm = (from: number, to: number) => Promise.all(orders.slice(from, to).map((id) => on.confirm(id)));
  const reaches = (count: () => Promise<number>, least: number, what: string) =>
    eventually(count, { until: (found) => found >= least, what, withinMs: 60_000 });

  // Red when plainRunner in plain.ts stores no row: `saveRows` taken out.
  it("ends each saga as it would have, with each step done once, though its host and a participant are killed in between", async () => {
    const loyalty = await start("loyalty");
    const gifts = await start("gifts");
    await confirm(0, 30);
    await reaches(() => events(on.gifts), 3, "some gifts");
    await kill(gifts);
    await confirm(30, 60);
    await reaches(() => events(on.loyalty), 35, "points of the second part");
    await kill(loyalty);
    await confirm(60, 90);
    await start("gifts");
    await start("loyalty");
    await reaches(ended, 90, "all of them");

    for (const id of orders) {
      const [kind] = id.split("-");
      const row = await on.row(id);
      assert.equal(row?.status, kind === "order" ? "completed" : "compensated", id);
      const [points, gift] = [await on.history(on.loyalty, id), await on.history(on.gifts, id)];
      assert.deepEqual(
        { points, gift },
        {
          order: { points: ["PointsEarned"], gift: ["GiftSent"] },
          greedy: { points: ["PointsEarned", "PointsRevoked"], gift: ["GiftRefused"] },
          poor: { points: ["PointsRefused"], gift: [] },
        }[kind as "order" | "greedy" | "poor"],
        id,
      );
    }
  });
});
