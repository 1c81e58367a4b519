import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { startTemporaryPostgres } from "../embedded/temporary.ts";

/**
 * `node packages/runtime/src/testing/run.ts [folder…]`: one PostgreSQL for the whole run, then `node --test` over the
 * tests of the folders (default: every service and read model of the repository), whose exit code it passes on.
 */
const root = path.resolve(import.meta.dirname, "../../../..");
const args = process.argv.slice(2);
const options = args.filter((argument) => argument.startsWith("--"));
const folders = args.filter((argument) => !argument.startsWith("--"));
const files =
  folders.length > 0
    ? folders.flatMap((folder) => testsIn(path.resolve(folder)))
    : [...foldersOf("services"), ...foldersOf("read-models")].flatMap(testsIn);

process.exitCode = files.length === 0 ? nothing() : await runTests();

function foldersOf(kind: string): string[] {
  return globSync(`${kind}/*`, { cwd: root }).map((folder) => path.join(root, folder));
}

function testsIn(folder: string): string[] {
  return globSync("test/**/*.test.ts", { cwd: folder })
    .map((file) => path.join(folder, file))
    .sort();
}

function nothing(): number {
  console.error(
    `no tests: nothing matches test/**/*.test.ts in ${folders.join(", ") || "services/* and read-models/*"}`,
  );
  return folders.length > 0 ? 1 : 0;
}

async function runTests(): Promise<number> {
  const postgres = await startTemporaryPostgres({ log: console.error });
  try {
    return await nodeTest(postgres.url);
  } finally {
    await postgres.stop();
  }
}

function nodeTest(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    // Each file is a process with services and their connections in it: more at once than this only slow each other.
    const atOnce = `--test-concurrency=${Math.min(4, os.availableParallelism())}`;
    const child = spawn(process.execPath, ["--test", atOnce, ...options, ...files], {
      stdio: "inherit",
      env: { ...process.env, EDA_TEST_POSTGRES_URL: url },
    });
    // A signal to this process alone must not leave the tests behind; in a terminal they get their own.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? 128 + (signal ? (os.constants.signals[signal] ?? 0) : 0)));
  });
}
