import { randomUUID } from "node:crypto";
import { createAlarm } from "../alarm.ts";
import { createLease } from "./lease.ts";
import type { Relay } from "./outbox.ts";
import type { RelayOptions } from "./relay-options.ts";
import { type Pass, relayPass } from "./relay-pass.ts";
import { createUpkeep } from "./upkeep.ts";

const UPKEEP_MS = 1_000;
const BEATS_A_LEASE = 4;

/**
 * The polling relay. Any number of them may run on one outbox: they share its shards, and one that joins or dies changes
 * the shares within a lease. It looks when it is kicked, at once after a full batch, and else in growing pauses.
 */
export function createRelay(options: RelayOptions): Relay {
  const { database, observer } = options;
  const name = options.name ?? `relay-${randomUUID()}`;
  const leaseMs = options.leaseMs ?? 5_000;
  const fastPollMs = options.fastPollMs ?? 10;
  const slowPollMs = options.slowPollMs ?? 1_000;
  const batch = options.batch ?? 500;
  const lease = createLease(database, name, leaseMs);
  const upkeep = createUpkeep(database, name, options.retentionMs ?? 0);
  const alarm = createAlarm();
  let stopping = false;
  let running: Promise<void> | undefined;
  let known = "";
  let beating: Promise<void> = Promise.resolve();

  /** Goes on while a batch is being sent, so that a slow broker does not cost the lease. One at a time. */
  function keepLease(): Promise<void> {
    const beat = beating.then(beatOnce);
    beating = beat.catch(() => undefined);
    return beat;
  }

  async function beatOnce(): Promise<void> {
    await lease.beat();
    const shards = lease.shards.join();
    if (shards === known) return;
    known = shards;
    observer?.shards?.(lease.shards);
    alarm.ring();
  }

  async function run(): Promise<void> {
    let pauseMs = fastPollMs;
    let upkeepDue = 0;
    while (!stopping) {
      const pass = await once(async () => {
        // A relay that was paused learns here that its time is over, before it claims.
        if (!lease.holds()) await keepLease();
        await lease.level();
        const sent = await relayPass(options, name, lease.holds);
        if (performance.now() >= upkeepDue) {
          const more = await upkeep();
          upkeepDue = performance.now() + (more ? 0 : UPKEEP_MS);
        }
        return sent;
      });
      const foundSome = pass !== undefined && pass.acknowledged > 0;
      pauseMs = foundSome ? fastPollMs : Math.min(slowPollMs, pauseMs * 2);
      if (pass === undefined || pass.outage !== undefined) {
        await pauseUnkicked(pauseMs);
      } else if (pass.acknowledged < batch / 2) {
        await alarm.sleep(pauseMs);
      }
    }
  }

  /** `undefined` when database or broker failed. */
  async function once(work: () => Promise<Pass>): Promise<Pass | undefined> {
    try {
      const pass = await work();
      if (pass.outage !== undefined) observer?.interrupted?.(pass.outage);
      return pass;
    } catch (error) {
      observer?.interrupted?.(error);
      return undefined;
    }
  }

  /** After a failure: kicks come with each commit, and would make the pauses none. `stop` ends it. */
  async function pauseUnkicked(ms: number): Promise<void> {
    const end = performance.now() + ms;
    while (!stopping && performance.now() < end) await alarm.sleep(end - performance.now());
  }

  return {
    async start() {
      if (running !== undefined) return;
      await keepLease();
      const timer = setInterval(() => {
        keepLease().catch((error: unknown) => observer?.interrupted?.(error));
      }, leaseMs / BEATS_A_LEASE);
      running = run().finally(() => clearInterval(timer));
    },
    async stop() {
      stopping = true;
      alarm.ring();
      if (running === undefined) return;
      await running;
      // A beat that came in later would take the shards again.
      await beating;
      await lease.leave().catch((error: unknown) => observer?.interrupted?.(error));
    },
    kick: alarm.ring,
  };
}
