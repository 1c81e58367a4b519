import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

/**
 * `npm run test:faults`: runs this very system, its services and relays as real processes on a database of its own,
 * gives it work, kills and pauses its services at random, lets it settle, and counts what is lost or was done twice.
 * Exit code 0 when nothing is, 1 when something is, 2 for wrong arguments.
 */
const root = path.resolve(import.meta.dirname, "../../../..");
const usage = "npm run test:faults -- [--seconds 20] [--seed 1]";

process.exitCode = await run().catch((error: unknown) => {
  console.error(process.env.DEBUG === "eda" ? error : (error as Error).message);
  return 1;
});
process.exit();

async function run(): Promise<number> {
  const settings = readArguments();
  if (settings === undefined) return 2;
  const { testFaults } = await import("./test-faults.ts");
  const folder = mkdtempSync(path.join(tmpdir(), "eda-faults-"));
  // PostgreSQL's own user passes through when root runs this.
  chmodSync(folder, 0o711);
  try {
    return await testFaults({
      root,
      dataRoot: folder,
      ...settings,
      print: (line) => process.stdout.write(`${line}\n`),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readArguments(): { readonly seconds: number; readonly seed: number } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        seconds: { type: "string", default: "20" },
        seed: { type: "string", default: String(Date.now() % 1_000_000) },
      },
    });
    const [seconds, seed] = [Number(values.seconds), Number(values.seed)];
    if (Number.isInteger(seconds) && seconds >= 5 && seconds <= 3_600 && Number.isSafeInteger(seed))
      return { seconds, seed };
    console.error(`--seconds takes a whole number from 5 to 3600, --seed a whole number\n${usage}`);
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
  }
  return undefined;
}
