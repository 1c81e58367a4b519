import { chmodSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { databaseUrl, provisionDatabases } from "./databases.ts";
import { freePort } from "./free-port.ts";
import { startGuard } from "./guard.ts";
import { isReady } from "./health-probe.ts";
import { ClusterInUse } from "./leftover.ts";
import { BROKER, type LocalService, readLocalSystem } from "./local-system.ts";
import { type RunningPostgres, startPostgres } from "./postgres.ts";
import {
  type RunningService,
  type RunningSystem,
  readLastRun,
  readRunning,
  removeRunning,
  writeRunning,
} from "./running-file.ts";
import { secretIn } from "./secret-file.ts";
import { type Supervised, supervise } from "./supervised-process.ts";
import { stopSurvivors } from "./survivors.ts";

export interface SystemOptions {
  /** The repository's root. */
  readonly root: string;
  /** The folder that holds `.data`. Default: the root. */
  readonly dataRoot?: string;
  readonly env: NodeJS.ProcessEnv;
  /** A line about what happens here. */
  readonly log: (line: string) => void;
  /** A line that a service has printed. */
  readonly serviceLine: (name: string, line: string) => void;
}

export interface StartedSystem {
  /** Resolves with everything that runs once all services are ready; rejects when one cannot be started. */
  readonly ready: Promise<RunningSystem>;
  /** Resolves with the reason when it cannot go on: the database is gone. */
  readonly broken: Promise<string>;
  /** Stops services in reverse order, then the database. May be called twice. */
  stop(): Promise<void>;
  /** The same at once and by force, but for the database, which shuts down cleanly all the same. */
  kill(): void;
}

/** How long one service may take to stop. Its own limit is 10 s by default. */
const STOP_MS = 12_000;

/**
 * Starts PostgreSQL, provisions it, and starts every service of `infra/local.json` as a process of its own.
 *
 * @throws with a plain line when it runs already for this repository, or when PostgreSQL does not start
 */
export async function startSystem(options: SystemOptions): Promise<StartedSystem> {
  const { root, dataRoot = root, env, log, serviceLine } = options;
  const local = readLocalSystem(root);
  const data = path.join(dataRoot, ".data");
  mkdirSync(data, { recursive: true });
  // PostgreSQL's own user passes through when root runs this under a strict umask; the secrets have modes of their own.
  if (process.getuid?.() === 0 && statSync(data).uid === 0) chmodSync(data, 0o711);
  const secret = (name: string) => secretIn(path.join(data, "secrets", name));
  refuseSecond(readRunning(dataRoot)?.supervisor);
  await stopSurvivors(readLastRun(dataRoot), log);

  const guard = startGuard();
  const dataDir = path.join(data, "postgres");
  // A service's own pool, its broker's and what listens are below 20; the rest is for people and tools.
  const settings = { max_connections: 50 + 20 * Math.max(10, local.services.length) };
  const postgres = await startPostgres({ dataDir, port: local.postgresPort, settings, log, guard }).catch(
    (error: unknown) => {
      guard.dismiss();
      if (error instanceof ClusterInUse) refuseSecond(error.by);
      throw error;
    },
  );
  try {
    return await startServices(postgres);
  } catch (error) {
    await postgres.stop();
    guard.dismiss();
    throw error;
  }

  async function startServices(postgres: RunningPostgres): Promise<StartedSystem> {
    const spec = (name: string, database: string) => ({ database, role: name, password: secret(`${name}.password`) });
    const broker = spec(BROKER, BROKER);
    const specs = new Map(local.services.map((service) => [service, spec(service.role, service.database)]));
    await provisionDatabases(postgres.url, [broker, ...specs.values()]);

    const ports = await choosePorts(local.services, log);
    const services = local.services.map((service): RunningService => {
      const { port, adminPort } = ports.get(service)!;
      return {
        name: service.name,
        pid: null,
        url: `http://127.0.0.1:${port}`,
        adminUrl: `http://127.0.0.1:${adminPort}`,
        databaseUrl: databaseUrl(postgres.url, specs.get(service)!),
      };
    });
    let running: RunningSystem = {
      name: local.name,
      supervisor: process.pid,
      state: "starting",
      postgres: { pid: postgres.pid, port: postgres.port, url: postgres.url },
      brokerUrl: databaseUrl(postgres.url, broker),
      adminToken: secret("admin.token"),
      services,
    };
    writeRunning(dataRoot, running);
    const update = (changes: Partial<RunningSystem>) => {
      running = { ...running, ...changes };
      if (!stopping) writeRunning(dataRoot, running);
      return running;
    };
    const setPid = (name: string, pid: number | null) =>
      update({ services: running.services.map((service) => (service.name === name ? { ...service, pid } : service)) });

    let stopping: Promise<void> | undefined;
    const children = local.services.map((service, index): Supervised => {
      const { databaseUrl } = services[index]!;
      return supervise({
        name: service.name,
        args: [path.join(root, service.folder, "src", "main.ts")],
        cwd: root,
        env: { ...env, ...serviceEnvironment(ports.get(service)!, databaseUrl, running) },
        isReady: () => isReady(services[index]!, running.adminToken),
        onLine: (line) => serviceLine(service.name, line),
        onNotice: log,
        onStarted: (pid) => {
          guard.watch(pid, "SIGTERM");
          setPid(service.name, pid);
        },
        onEnded: (pid) => {
          guard.forget(pid);
          setPid(service.name, null);
        },
      });
    });

    const ready = Promise.all(children.map((child) => child.firstReady)).then(() => update({ state: "ready" }));
    ready.catch(() => undefined);
    const stop = async () => {
      for (const child of children.toReversed()) await child.stop(STOP_MS);
      await postgres.stop();
      removeRunning(dataRoot);
      guard.dismiss();
    };
    return {
      ready,
      broken: postgres.exited.then(() => `PostgreSQL (process ${postgres.pid}) has ended`),
      kill: () => children.forEach((child) => void child.kill()),
      stop: () => {
        stopping ??= stop();
        return stopping;
      },
    };
  }

  function refuseSecond(by: number | string | undefined): void {
    if (by === undefined) return;
    const who = typeof by === "number" ? `process ${by}` : by;
    throw new Error(`this repository runs already (${who}): stop that first, with Ctrl-C where it was started`);
  }
}

/** The ports of the manifest, or free ones where those are taken; never one that another service wants. */
async function choosePorts(services: readonly LocalService[], log: (line: string) => void) {
  const wanted = new Set(services.flatMap(({ port, adminPort }) => [port, adminPort]));
  const used = new Set<number>();
  const choose = async (want: number, what: string) => {
    const others = new Set([...wanted, ...used]);
    if (!used.has(want)) others.delete(want);
    const port = await freePort(want, others);
    if (port !== want) log(`port ${want} is taken: ${what} listens at ${port}`);
    used.add(port);
    return port;
  };
  const ports = new Map<LocalService, { readonly port: number; readonly adminPort: number }>();
  for (const service of services) {
    const port = await choose(service.port, service.name);
    ports.set(service, { port, adminPort: await choose(service.adminPort, `${service.name}'s admin interface`) });
  }
  return ports;
}

function serviceEnvironment(
  { port, adminPort }: { readonly port: number; readonly adminPort: number },
  url: string,
  { brokerUrl, adminToken }: RunningSystem,
): NodeJS.ProcessEnv {
  return {
    HOST: "127.0.0.1",
    PORT: String(port),
    ADMIN_HOST: "127.0.0.1",
    ADMIN_PORT: String(adminPort),
    ADMIN_TOKEN: adminToken,
    DATABASE_URL: url,
    BROKER: "embedded",
    BROKER_URL: brokerUrl,
  };
}
