import { setTimeout as delay } from "node:timers/promises";
import { createEmbeddedBroker } from "../broker/embedded/create-embedded-broker.ts";
import { readRunning } from "../embedded/running-file.ts";
import { startSystem } from "../embedded/system.ts";
import { disrupt } from "./disrupt.ts";
import { isFaultless, type Ledger, ledgerLines, readLedger } from "./ledger.ts";
import { createLoad } from "./load.ts";
import { seededRandom } from "./random.ts";
import { readServices } from "./services.ts";
import { watchTopics } from "./watch.ts";

export interface FaultsOptions {
  readonly root: string;
  /** A folder for the run's own data. */
  readonly dataRoot: string;
  /** How long the load lasts, with the faults spread over it. */
  readonly seconds: number;
  /** The same seed makes the same choices; the machine's timing stays its own. */
  readonly seed: number;
  readonly print: (line: string) => void;
}

/** What is on its way may take so long to its end, after the last fault: an attempt's timeout and a restart. */
const SETTLE_MS = 120_000;

/** Answers the exit code: 0 when nothing was lost or done twice. */
export async function testFaults(options: FaultsOptions): Promise<number> {
  const { root, dataRoot, seconds, seed, print } = options;
  const random = seededRandom(seed);
  const services = await readServices(root);
  const log: string[] = [];
  print(`starting ${services.length} services on a database of their own; seed ${seed}`);
  const system = await startSystem({
    root,
    dataRoot,
    env: { ...process.env, LOG_LEVEL: "warn" },
    log: (line) => log.push(line),
    serviceLine: (name, line) => log.push(`${name}: ${line}`),
  });
  try {
    const { brokerUrl } = await system.ready;
    const running = () => readRunning(dataRoot)?.services ?? [];
    const broker = await createEmbeddedBroker({ url: brokerUrl, applicationName: "test:faults" });
    try {
      const seen = await watchTopics(broker, services);
      const load = createLoad(services, (name) => running().find((service) => service.name === name)?.url ?? "");
      print(`load for ${seconds} s, with a service killed or paused about every second`);
      const over = AbortSignal.timeout(seconds * 1_000);
      const faults = await Promise.all([disrupt(running, random, over, print), load.run(over)]).then(([made]) => made);
      print(`${load.accepted.length} requests accepted, ${faults.kills} kills, ${faults.pauses} pauses; settling`);
      const ledger = await settled(() => readLedger(services, running(), load.accepted, seen), print);
      for (const line of ledgerLines(ledger)) print(line);
      if (isFaultless(ledger)) return 0;
      print("the last lines of the services:");
      for (const line of log.slice(-40)) print(`  ${line}`);
      return 1;
    } finally {
      await broker.close();
    }
  } finally {
    await system.stop();
  }
}

/** Reads the ledger until nothing is on its way any more, or time is up: then it tells what is still missing. */
async function settled(read: () => Promise<Ledger>, print: (line: string) => void): Promise<Ledger> {
  const end = performance.now() + SETTLE_MS;
  for (let waits = 0; ; waits++) {
    const ledger = await read().catch((error: unknown) => error as Error);
    const isOver = performance.now() > end;
    if (!(ledger instanceof Error)) {
      if (isOver || (ledger.onTheirWay === 0 && isFaultless(ledger))) return ledger;
      if (waits % 10 === 9) print(`  ${ledger.onTheirWay} messages and sagas are still on their way`);
    } else if (isOver) throw ledger;
    await delay(500);
  }
}
