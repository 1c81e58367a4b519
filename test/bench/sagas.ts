import pg from "pg";
import { startTemporaryPostgres } from "../../templates/runtime/src/embedded/temporary.ts";
import { npmPeers } from "./peers/npm.ts";
import { say } from "./progress.ts";
import { aim, duration, type Section } from "./report.ts";
import { measureDecide } from "./saga-decide.ts";
import { dbos } from "./sagas/dbos.ts";
import { orchestrators } from "./sagas/ours.ts";
import type { SagaRunner } from "./sagas/runner.ts";
import { median, pairedRatio, quantile } from "./statistics.ts";

const perSecond = 100;
const aimedRatio = 5;
const aimedP99 = 60;

export interface SagasOptions {
  readonly rounds: number;
  /** Completed in one measurement of the rate. */
  readonly count: number;
  /** Of the steady load, in each round. */
  readonly seconds: number;
  readonly install: boolean;
}

interface Found {
  readonly perSecond: number;
  readonly latencies: readonly number[];
}

/** How many sagas of three steps are completed in a second, and how long one takes. */
export async function sagas({ rounds, count, seconds, install }: SagasOptions): Promise<Section> {
  const { missing } = npmPeers(install);
  const one = orchestrators(1);
  const runners = [one, orchestrators(2), ...(missing === undefined ? [dbos] : [])];
  const found = new Map<SagaRunner, Found[]>(runners.map((runner) => [runner, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const runner of runners) {
      say(`  round ${round} of ${rounds}: ${runner.name}`);
      found.get(runner)!.push(await measure(runner, count, seconds));
    }
  }
  const rates = (runner: SagaRunner) => found.get(runner)!.map((each) => each.perSecond);
  const latency = (runner: SagaRunner, share: number) =>
    quantile(
      found.get(runner)!.flatMap(({ latencies }) => latencies),
      share,
    );
  say("  the machine alone");
  const { transitionsPerSecond } = measureDecide();
  const ratio = missing === undefined ? pairedRatio(rates(one), rates(dbos)) : undefined;
  return {
    title: "Sagas",
    text: [
      "On the embedded PostgreSQL with fsync on, over the embedded broker. The host and its three participants are services " +
        "as they are generated, each with a database, an outbox and an inbox of its own: a process for each orchestrator, " +
        "one for the participants. A saga is triggered by an event; each of its three steps is a command, a decision, an " +
        "event and a reply. DBOS runs three durable steps that do nothing, in one process: no broker, no second service, " +
        "no event that leaves.",
      `Completed: ${count} sagas triggered at once, until the last is recorded as completed. Latency: from the trigger's ` +
        `publication to that record at a steady ${perSecond} a second for ${seconds} s. ${rounds} ` +
        `${rounds === 1 ? "round" : "rounds"}, in turn, each on a new server. The ratio is ours over DBOS: above 1 we complete more.`,
    ],
    head: ["", "completed in a second", "ratio", "latency p50", "p99"],
    rows: runners.map((runner) => [
      runner.name,
      Math.round(median(rates(runner))).toLocaleString("en"),
      runner === dbos || missing !== undefined ? "" : pairedRatio(rates(runner), rates(dbos)).toFixed(2),
      duration(latency(runner, 0.5)),
      duration(latency(runner, 0.99)),
    ]),
    notes: [
      `The machine alone, \`decide\` without storage or messages, on one core: ${Math.round(transitionsPerSecond).toLocaleString("en")} transitions a second.`,
      ...(ratio === undefined
        ? [`DBOS is left out: ${missing}.`]
        : [
            `Aim: ${aimedRatio} times the rate of DBOS. ${ratio >= aimedRatio ? "Met" : "Missed"}: ${ratio.toFixed(2)}.`,
          ]),
      aim(`p99 at ${perSecond} a second with one orchestrator`, latency(one, 0.99), aimedP99, duration),
    ],
  };
}

async function measure(runner: SagaRunner, count: number, seconds: number): Promise<Found> {
  const server = await startTemporaryPostgres({
    settings: { fsync: "on", synchronous_commit: "on", full_page_writes: "on", max_connections: 200 },
  });
  try {
    const open = await runner.open((name) => freshDatabase(server.url, name));
    try {
      const began = performance.now();
      await open.completeAll(count);
      const rate = count / ((performance.now() - began) / 1000);
      return { perSecond: rate, latencies: await open.steadily(perSecond, perSecond * seconds) };
    } finally {
      await open.close();
    }
  } finally {
    await server.stop();
  }
}

async function freshDatabase(superuser: string, name: string): Promise<string> {
  const url = new URL(superuser);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: superuser });
  await client.connect();
  await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  await client.end();
  return url.href;
}
