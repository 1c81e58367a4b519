import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Broker, IncomingRecord } from "../../templates/runtime/src/broker/broker.ts";
import { createEmbeddedBroker } from "../../templates/runtime/src/broker/embedded/create-embedded-broker.ts";
import { createDatabase } from "../../templates/runtime/src/database/create-database.ts";
import type { Database } from "../../templates/runtime/src/database/database.ts";
import { seededRandom } from "../../templates/runtime/src/faults/random.ts";
import { relayStatus } from "../../templates/runtime/src/outbox/status.ts";
import { testDatabase } from "../support/postgres.ts";
import { migrateService } from "../support/service-migrations.ts";
import { crash, ownServer } from "./crashing-server.ts";

const TOPIC = "things.thing.events";

export interface KillLedgerOptions {
  /** The same seed makes the same choices; the machine's timing stays its own. */
  readonly seed: number;
  /** SIGKILLs, each followed by a restart. */
  readonly kills: number;
  /** SIGSTOPs longer than a lease, each followed by SIGCONT. */
  readonly pauses: number;
  /** Crashes of a PostgreSQL server, each of the three databases on one of its own. Default 0: they share the tests' one. */
  readonly crashes?: number;
  /** The load lasts so long, with the disruptions spread over it. */
  readonly seconds: number;
}

export interface Ledger {
  readonly produced: number;
  readonly applied: number;
  readonly lost: number;
  readonly appliedTwice: number;
  readonly outOfOrder: number;
  /** Records on the broker beyond the messages produced: what the relays sent again. */
  readonly sentAgain: number;
  readonly deadLetters: number;
}

type Disruption = "kill" | "pause" | "crash";

type Role = "producer" | "relay" | "consumer";

export interface WorkerSettings {
  readonly role: Role;
  readonly name: string;
  readonly producerUrl: string;
  readonly brokerUrl: string;
  readonly consumerUrl: string;
  readonly topic: string;
  readonly leaseMs: number;
  readonly keys: number;
  readonly pauseMs: number;
}

const LEASE_MS = 800;
const SETTLE_MS = 60_000;
const WORKER = path.join(import.meta.dirname, "kill-ledger-worker.mts");

/**
 * Producers, relays and consumers as processes of their own, two of each, under load, killed and paused at random. Then
 * everything settles, and what was committed is compared with what was applied.
 */
export async function killLedger(options: KillLedgerOptions): Promise<Ledger> {
  const random = seededRandom(options.seed);
  const { crashes = 0 } = options;
  const serve = () => (crashes > 0 ? ownServer() : testDatabase());
  const [producer, broker, consumer] = [await serve(), await serve(), await serve()];
  const [things, effects] = [createDatabase({ url: producer.url }), createDatabase({ url: consumer.url })];
  const embedded = await createEmbeddedBroker({ url: broker.url });
  await Promise.all([migrateService(things), migrateService(effects)]);
  await things.query("CREATE TABLE aggregate (key text PRIMARY KEY, version bigint NOT NULL)");
  await effects.query(
    "CREATE TABLE applied (seq bigint GENERATED ALWAYS AS IDENTITY, key text NOT NULL, version bigint NOT NULL)",
  );
  await embedded.ensureTopics([{ name: TOPIC, partitions: 4 }]);

  const workers = new Map<string, ChildProcess>();
  let over = false;
  const start = (role: Role, name: string) => {
    const settings: WorkerSettings = {
      role,
      name,
      producerUrl: producer.url,
      brokerUrl: broker.url,
      consumerUrl: consumer.url,
      topic: TOPIC,
      leaseMs: LEASE_MS,
      keys: 20,
      pauseMs: 10,
    };
    const worker = fork(WORKER, [JSON.stringify(settings)], {
      stdio: ["ignore", "ignore", crashes > 0 ? "ignore" : "inherit", "ipc"],
    });
    workers.set(name, worker);
    // One that could not start because a server was down is started again, as by any supervisor.
    worker.once("exit", (code) => {
      if (code === 1 && workers.get(name) === worker && !over) start(role, name);
    });
  };
  const roleOf = (name: string) => name.replace(/\d+$/, "") as Role;

  async function disrupt(kind: Disruption): Promise<void> {
    if (kind === "crash") return crash([producer, broker, consumer][Math.floor(random() * 3)]!.url);
    const names = [...workers.keys()];
    const name = names[Math.floor(random() * names.length)]!;
    const worker = workers.get(name)!;
    if (kind === "kill") {
      await kill(worker);
      start(roleOf(name), name);
    } else {
      worker.kill("SIGSTOP");
      await delay(LEASE_MS * (1.2 + random()));
      worker.kill("SIGCONT");
    }
  }

  try {
    for (const role of ["producer", "relay", "consumer"] as const) for (const n of [1, 2]) start(role, `${role}${n}`);
    const of = (count: number, kind: Disruption) => Array.from({ length: count }, () => kind);
    const kinds = shuffled(
      [...of(options.kills, "kill"), ...of(options.pauses, "pause"), ...of(crashes, "crash")],
      random,
    );
    const began = performance.now();
    for (const [index, kind] of kinds.entries()) {
      const due = began + (options.seconds * 1000 * (index + random())) / kinds.length;
      await delay(Math.max(0, due - performance.now()));
      await disrupt(kind);
    }
    await delay(Math.max(0, began + options.seconds * 1000 - performance.now()));
    for (const [name, worker] of workers) if (roleOf(name) === "producer") await stopProducer(worker);
    const allRead = async () => (await embedded.positions("ledger")).every(({ next, end }) => next === end);
    await settle(things, allRead);
    await sendAgain(embedded);
    await settle(things, allRead);
    return await compare(things, effects, await sent());
  } finally {
    over = true;
    await Promise.all([...workers.values()].map(kill));
    await embedded.close();
    await Promise.all([things.close(), effects.close()]);
    await Promise.all([producer.drop(), broker.drop(), consumer.drop()]);
  }

  async function sent(): Promise<number> {
    return (await embedded.positions("ledger")).reduce((sum, { end }) => sum + Number(end), 0);
  }
}

/** Some records once more, as from a relay that was killed after it had sent and before it had marked. */
async function sendAgain(broker: Broker): Promise<void> {
  const some = Promise.withResolvers<readonly IncomingRecord[]>();
  const reader = await broker.subscribe({ group: "again", topics: [TOPIC], from: "earliest" }, async ({ records }) =>
    some.resolve(records),
  );
  const records = await some.promise;
  await reader.close();
  await broker.publish(records.map(({ topic, key, value, headers }) => ({ topic, key, value, headers })));
}

async function kill(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, "exit");
  worker.kill("SIGKILL");
  await gone;
}

async function stopProducer(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, "exit");
  worker.send("stop");
  await gone;
}

/** All is sent and read. What does not come by then is lost, and the ledger says so. */
async function settle(things: Database, allRead: () => Promise<boolean>): Promise<void> {
  const settled = async () => (await relayStatus(things)).unpublished === 0 && (await allRead());
  const end = performance.now() + SETTLE_MS;
  while (performance.now() < end) {
    // A server that has just crashed says neither yes nor no.
    if (await settled().catch(() => false)) return;
    await delay(50);
  }
}

async function compare(things: Database, effects: Database, sent: number): Promise<Ledger> {
  const { rows } = await things.query<{ key: string; version: bigint }>("SELECT key, version FROM aggregate");
  const produced = rows.reduce((sum, { version }) => sum + Number(version), 0);
  const applied = (
    await effects.query<{ key: string; version: bigint }>("SELECT key, version FROM applied ORDER BY seq")
  ).rows;
  const distinct = new Set(applied.map(({ key, version }) => `${key} ${version}`));
  const last = new Map<string, bigint>();
  let outOfOrder = 0;
  for (const { key, version } of applied) {
    if (version < (last.get(key) ?? 0n)) outOfOrder++;
    last.set(key, version);
  }
  const letters = await effects.query<{ count: bigint }>("SELECT count(*) AS count FROM dead_letter");
  return {
    produced,
    applied: applied.length,
    lost: produced - distinct.size,
    appliedTwice: applied.length - distinct.size,
    outOfOrder,
    sentAgain: sent - produced,
    deadLetters: Number(letters.rows[0]!.count),
  };
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
