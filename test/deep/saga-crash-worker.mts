import { flushCompileCache } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import type { ServiceDefinition, ServiceImplementation } from "../../templates/runtime/src/index.ts";
import type { CrashPoint, WorkerRequest, WorkerSettings } from "./saga-crash.ts";
import { adminToken } from "./saga-crash-operator.ts";

/**
 * Every service of the example with its relay and consumers in this one process, which kills itself right before a
 * statement that it is told. What is published goes to the broker by statements too, so it counts among them.
 */
const { root, services, brokerUrl, crashAt } = JSON.parse(process.argv[2]!) as WorkerSettings;
let point: CrashPoint | undefined = crashAt;
let statements: string[] = [];
let counts = new Map<string, number>();

const databaseOf = (url: string) => new URL(url).pathname.slice(1);
const owners = new Map(
  [...Object.entries(services), ["broker", brokerUrl] as const].map(([name, url]) => [databaseOf(url), name]),
);

type Query = (this: pg.Client & { readonly database?: string }, ...given: unknown[]) => unknown;
const send = pg.Client.prototype.query as unknown as Query;
const counted: Query = function (...given) {
  const [first] = given;
  const text = typeof first === "string" ? first : Reflect.get(Object(first), "text");
  note(`${owners.get(this.database ?? "")}: ${firstLine(text)}`);
  return send.apply(this, given);
};
Object.assign(pg.Client.prototype, { query: counted });

function note(statement: string): void {
  const occurrence = (counts.get(statement) ?? 0) + 1;
  counts.set(statement, occurrence);
  statements.push(statement);
  if (point === undefined) return;
  const isIt =
    "nth" in point ? statements.length === point.nth : point.statement === statement && point.occurrence === occurrence;
  if (isIt) process.kill(process.pid, "SIGKILL");
}

/** Enough of a statement to know it by. */
function firstLine(text: unknown): string {
  return String(text)
    .split("\n")
    .filter((line) => !line.trim().startsWith("--"))
    .join(" ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 90);
}

process.on("message", (request: WorkerRequest) => {
  process.send?.({ type: request.type, statements });
  if (request.type !== "arm") return;
  point = request.point;
  statements = [];
  counts = new Map();
});
process.on("disconnect", () => process.exit());

const { createService } = await import("../../templates/runtime/src/index.ts");
const addresses = await Promise.all(
  Object.entries(services).map(async ([name, databaseUrl]) => {
    const of = (file: string) => import(pathToFileURL(path.join(root, "services", name, "src/generated", file)).href);
    const { definition } = (await of("definition.ts")) as { definition: ServiceDefinition };
    const { implementation } = (await of("wiring.ts")) as {
      // biome-ignore lint/suspicious/noExplicitAny: each service has its own
      implementation: ServiceImplementation<any, any, any>;
    };
    const config = {
      role: "all",
      // The same after a restart, as in a deployment: it takes up what it had at once.
      instance: `${name}-1`,
      host: "127.0.0.1",
      port: 0,
      adminHost: "127.0.0.1",
      adminPort: 0,
      adminToken,
      databaseUrl,
      broker: { kind: "embedded", url: brokerUrl },
      logLevel: "error",
      shutdownTimeoutMs: 10_000,
    } as const;
    const migrations = pathToFileURL(path.join(root, "services", name, "migrations/"));
    const service = createService(definition, implementation, config, { migrations });
    await service.start();
    return service.addresses;
  }),
);
const { http, admin } = addresses[Object.keys(services).indexOf("orders")]!;
process.send?.({ type: "ready", http, admin });
// A killed process does not come to it; and the next one starts much faster.
flushCompileCache();
