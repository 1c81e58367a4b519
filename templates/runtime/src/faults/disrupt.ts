import { setTimeout as delay } from "node:timers/promises";
import type { RunningService } from "../embedded/running-file.ts";

export interface Faults {
  readonly kills: number;
  readonly pauses: number;
}

/** Longer than a relay's lease and a consumer's: others take over, and the one that wakes up must not harm. */
const PAUSE_MS = { least: 500, most: 7_000 };

/**
 * Until `over` is aborted: about once a second a service is killed with SIGKILL, or paused with SIGSTOP for some
 * seconds and woken again. The supervisor starts killed ones again.
 */
export async function disrupt(
  running: () => readonly RunningService[],
  random: () => number,
  over: AbortSignal,
  print: (line: string) => void,
): Promise<Faults> {
  const made = { kills: 0, pauses: 0 };
  const paused = new Set<number>();
  const wakings: Promise<void>[] = [];
  while (!over.aborted) {
    await delay(500 + random() * 1_000, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) break;
    const [which, how, length] = [random(), random(), random()];
    const targets = running().filter(({ pid }) => pid !== null && !paused.has(pid));
    const target = targets[Math.floor(which * targets.length)];
    if (target?.pid == null) continue;
    const { pid, name } = target;
    if (how < 0.6) {
      if (signal(pid, "SIGKILL")) made.kills += 1;
      print(`  killed ${name} (${pid})`);
    } else {
      const ms = Math.round(PAUSE_MS.least + length * (PAUSE_MS.most - PAUSE_MS.least));
      if (signal(pid, "SIGSTOP")) made.pauses += 1;
      print(`  paused ${name} (${pid}) for ${ms} ms`);
      paused.add(pid);
      wakings.push(
        delay(ms).then(() => {
          paused.delete(pid);
          signal(pid, "SIGCONT");
        }),
      );
    }
  }
  await Promise.all(wakings);
  return made;
}

/** False: it has ended by itself meanwhile. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
