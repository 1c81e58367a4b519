import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import path from "node:path";
import { reachableTemporaryFolder } from "./binaries.ts";
import { startGuard } from "./guard.ts";
import { type PostgresOptions, type RunningPostgres, startPostgres } from "./postgres.ts";
import { serverUser } from "./server-user.ts";

/**
 * A PostgreSQL server for one test run: in a temporary folder that goes when the server stops or this process dies.
 * It does not wait for the disk (`fsync` off) unless the settings say so.
 */
export async function startTemporaryPostgres(
  options: Omit<PostgresOptions, "dataDir" | "guard"> = {},
): Promise<RunningPostgres> {
  const folder = mkdtempSync(path.join(reachableTemporaryFolder(serverUser("/nonexistent")), "eda-test-"));
  chmodSync(folder, 0o711);
  const guard = startGuard();
  guard.remove(folder);
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const server = await startPostgres({
      ...options,
      dataDir: path.join(folder, "postgres"),
      settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", ...options.settings },
      guard,
    });
    const stop = async () => {
      await server.stop();
      remove();
      guard.dismiss();
    };
    return { ...server, stop };
  } catch (error) {
    remove();
    guard.dismiss();
    throw error;
  }
}
