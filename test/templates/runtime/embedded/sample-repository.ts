import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { anyFreePort } from "../../../../templates/runtime/src/embedded/free-port.ts";

const project = path.resolve(import.meta.dirname, "../../../..");

export interface SampleRepository {
  readonly root: string;
  readonly ports: Readonly<Record<string, { readonly port: number; readonly adminPort: number }>>;
  readonly postgresPort: number;
  remove(): void;
}

/** A generated repository, as far as the supervisor is concerned: the runtime and tiny services, in a path with spaces. */
export async function sampleRepository(programs: Readonly<Record<string, string>>): Promise<SampleRepository> {
  const root = mkdtempSync(path.join(os.tmpdir(), "eda dev "));
  chmodSync(root, 0o711);
  cpSync(path.join(project, "templates/runtime"), path.join(root, "packages/runtime"), { recursive: true });
  symlinkSync(path.join(project, "node_modules"), path.join(root, "node_modules"), "junction");
  writeFileSync(path.join(root, "package.json"), '{"type":"module"}');
  const ports: Record<string, { port: number; adminPort: number }> = {};
  for (const [name, program] of Object.entries(programs)) {
    ports[name] = { port: await anyFreePort(), adminPort: await anyFreePort() };
    mkdirSync(path.join(root, "services", name, "src"), { recursive: true });
    writeFileSync(path.join(root, "services", name, "src/main.ts"), program);
  }
  const postgresPort = await anyFreePort();
  const services = Object.entries(ports).map(([name, own]) => ({
    name,
    folder: `services/${name}`,
    ...own,
    database: name,
    role: name,
  }));
  mkdirSync(path.join(root, "infra"));
  writeFileSync(
    path.join(root, "infra/local.json"),
    JSON.stringify({ name: "sample", postgresPort, services, topics: [], readModels: [] }),
  );
  return { root, ports, postgresPort, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** A service that has a database, answers on its two ports, and crashes on request. */
export const tinyService = `
import { createServer } from "node:http";
import pg from "pg";
const { PORT, ADMIN_PORT, ADMIN_TOKEN, DATABASE_URL, BROKER_URL } = process.env;
const query = async (connectionString: string | undefined, text: string) => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
};
await query(DATABASE_URL, "CREATE TABLE IF NOT EXISTS starts (at timestamptz); INSERT INTO starts VALUES (now())");
await query(BROKER_URL, "SELECT 1");
createServer(async (request, response) => {
  if (request.url === "/crash") process.kill(process.pid, "SIGKILL");
  if (request.url === "/starts") response.write(JSON.stringify(await query(DATABASE_URL, "SELECT count(*)::int AS n FROM starts")));
  response.end();
}).listen(Number(PORT), "127.0.0.1");
createServer((request, response) => {
  response.statusCode = request.headers.authorization === "Bearer " + ADMIN_TOKEN ? 200 : 401;
  response.end();
}).listen(Number(ADMIN_PORT), "127.0.0.1");
console.log(JSON.stringify({ level: 30, time: Date.now(), msg: "up" }));
process.on("SIGTERM", () => { console.log("stopped tidily"); process.exit(0); });
`;
