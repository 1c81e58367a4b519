import { existsSync } from "node:fs";
import path from "node:path";
import { readLocalSystem } from "./local-system.ts";
import { logLine, logStyle } from "./log-line.ts";
import type { RunningSystem } from "./running-file.ts";
import { textTable } from "./text-table.ts";

/**
 * `npm run dev`: everything up on this machine, in the foreground, until a signal comes. Exit code 0 after a stop that
 * was asked for, 1 when it could not start or could not go on.
 */
const root = path.resolve(import.meta.dirname, "../../../..");
const print = (line: string) => process.stdout.write(`${line}\n`);
const signalled = nextSignal();

process.exitCode = await run().catch((error: unknown) => {
  console.error(process.env.DEBUG === "eda" ? error : (error as Error).message);
  return 1;
});
// A timer or a socket that somebody has forgotten must not keep a system alive that is down.
process.exit();

async function run(): Promise<number> {
  // The first that needs a package: who has just cloned is told what is missing, without a stack.
  const { startSystem } = await import("./system.ts").catch(explainMissing);
  const { services } = readLocalSystem(root);
  const names = services.map(({ name }) => name);
  const style = logStyle(process.stdout.isTTY === true, process.env, names);
  const system = await startSystem({
    root,
    env: process.env,
    log: print,
    serviceLine: (name, line) => print(logLine(style, name, names.indexOf(name), line)),
  });
  const failed = system.ready.then(
    (running) => {
      print(overview(running));
      return new Promise<never>(() => undefined);
    },
    (error: Error) => error.message,
  );
  const reason = await Promise.race([signalled.first, failed, system.broken]);
  void signalled.second.then(() => system.kill());
  if (reason === undefined) print("stopping");
  else console.error(`${reason}: stopping everything`);
  await system.stop();
  return reason === undefined ? 0 : 1;
}

function explainMissing(error: NodeJS.ErrnoException): never {
  const isFresh = error.code === "ERR_MODULE_NOT_FOUND" && !existsSync(path.join(root, "node_modules"));
  throw isFresh ? new Error("nothing is installed here yet: run `npm install`", { cause: error }) : error;
}

function overview({ name, postgres, services }: RunningSystem): string {
  if (services.length === 0) {
    return [
      "",
      `${name} is up, and has no service yet: stop this, and add one with \`npx eda add service NAME\`.`,
      `PostgreSQL is at port ${postgres.port}.`,
      "",
      "Ctrl-C stops everything.",
      "",
    ].join("\n");
  }
  const rows = services.map((service) => [service.name, service.url, service.adminUrl]);
  return [
    "",
    `${name} is up. Each service describes itself at /openapi.json; PostgreSQL is at port ${postgres.port}.`,
    "",
    textTable([["service", "url", "admin"], ...rows]).replace(/^/gm, "  "),
    "",
    "Ctrl-C stops everything.",
    "",
  ].join("\n");
}

/** A first signal asks for a stop, a second one for it at once. A reader of our output that has gone counts as one. */
function nextSignal() {
  const first = Promise.withResolvers<undefined>();
  const second = Promise.withResolvers<void>();
  let count = 0;
  const on = () => {
    count += 1;
    if (count === 1) first.resolve(undefined);
    else second.resolve();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, on);
  process.stdout.on("error", () => count === 0 && on());
  return { first: first.promise, second: second.promise };
}
