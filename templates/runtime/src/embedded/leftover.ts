import { rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Binaries } from "./binaries.ts";
import { stopByPgCtl } from "./pg-ctl.ts";
import { claim, postmasterOf } from "./postmaster.ts";
import type { ServerUser } from "./server-user.ts";

export interface Cluster {
  readonly dataDir: string;
  readonly password: string;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly log: (line: string) => void;
}

/** Another process, alive, has the cluster. */
export class ClusterInUse extends Error {
  override readonly name = "ClusterInUse";
  /** `process 4711`. */
  readonly by: string;

  constructor(dataDir: string, by: string, port: number) {
    super(`${dataDir} is in use by ${by} (PostgreSQL at port ${port}): stop that first`);
    this.by = by;
  }
}

/** Of two processes that come at once, the one that launches the server claims it well within this time. */
const JUST_STARTED_MS = 2_000;

/**
 * Stops the server that a killed run has left on this cluster, so that the next one starts as a child of its own
 * process and with its own settings.
 *
 * @throws when a live process uses the server, or when the process named in `postmaster.pid` is not this server
 */
export async function stopLeftover(cluster: Cluster): Promise<void> {
  const file = path.join(cluster.dataDir, "postmaster.pid");
  const deadline = Date.now() + 10_000;
  for (;;) {
    const server = postmasterOf(cluster.dataDir);
    if (!server) {
      // Its process is gone: a machine that went down, or a kill -9 of the server too.
      rmSync(file, { force: true });
      return;
    }
    const url = `postgres://postgres:${cluster.password}@127.0.0.1:${server.port}/postgres`;
    const claimed = await claim(url, cluster.dataDir, JUST_STARTED_MS);
    if (claimed.outcome === "in use") {
      throw new ClusterInUse(cluster.dataDir, claimed.by, server.port);
    }
    if (claimed.outcome === "claimed") {
      cluster.log(`PostgreSQL (process ${server.pid}) was left over from a run that was killed: stopping it`);
      await claimed.session.end();
      await stopByPgCtl(cluster);
      return;
    }
    // It may be starting, recovering or shutting down; a number that another program has taken never answers.
    if (Date.now() > deadline) {
      throw new Error(
        `process ${server.pid}, which ${file} names, does not answer as PostgreSQL at port ${server.port} ` +
          `(${claimed.error.message}): stop it, or delete that file if it is another program`,
      );
    }
    await sleep(100);
  }
}
