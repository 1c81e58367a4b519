import { setTimeout as sleep } from "node:timers/promises";
import { takesToken } from "./health-probe.ts";
import { isRunning } from "./is-running.ts";
import type { RunningSystem } from "./running-file.ts";

/** The guard of a killed run needs a moment to stop what that run had started. */
const GUARD_MS = 5_000;

/**
 * Ends services that a killed run has left running: waits for its guard to do it, and stops those that are left when
 * the guard was killed too. A process number alone is no proof, for another program may have it by now; a service
 * whose admin interface takes the run's token is ours.
 */
export async function stopSurvivors(
  lastRun: RunningSystem | undefined,
  log: (line: string) => void,
  guardMs = GUARD_MS,
): Promise<void> {
  if (!lastRun || isRunning(lastRun.supervisor)) return;
  const left = () => lastRun.services.filter((service) => service.pid !== null && isRunning(service.pid));
  const gone = async (limitMs: number) => {
    for (const end = performance.now() + limitMs; left().length > 0 && performance.now() < end; ) await sleep(50);
    return left().length === 0;
  };
  if (left().length === 0) return;
  const guarded = left();
  const ours = await Promise.all(guarded.map((service) => takesToken(service.adminUrl, lastRun.adminToken)));
  if (await gone(ours.some(Boolean) ? guardMs : 0)) return;
  for (const service of left()) {
    if (!(await takesToken(service.adminUrl, lastRun.adminToken))) continue;
    log(`${service.name} (process ${service.pid}) was left over from a run that was killed: stopping it`);
    process.kill(service.pid!, "SIGTERM");
  }
  if (await gone(guardMs)) return;
  for (const service of left()) {
    if (await takesToken(service.adminUrl, lastRun.adminToken)) process.kill(service.pid!, "SIGKILL");
  }
}
