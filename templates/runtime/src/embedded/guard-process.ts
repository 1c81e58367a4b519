import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { GuardOrder } from "./guard.ts";

/** The process behind `startGuard`. Its standard input ends when the guarded process is gone. */
const watched = new Map<number, NodeJS.Signals>();
const folders = new Set<string>();
const LIMIT_MS = 10_000;

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as GuardOrder;
  switch (order.do) {
    case "watch":
      watched.set(order.pid, order.signal);
      break;
    case "forget":
      watched.delete(order.pid);
      break;
    case "remove":
      folders.add(order.folder);
      break;
    case "dismiss":
      process.exit(0);
  }
}

// The last one started is stopped first: services before the database that they use.
const last = [...watched].reverse();
for (const [pid, signal] of last) send(pid, signal);
const deadline = Date.now() + LIMIT_MS;
while (last.some(([pid]) => send(pid, 0)) && Date.now() < deadline) await sleep(50);
for (const [pid] of last) send(pid, "SIGKILL");
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
