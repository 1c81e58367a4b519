import { snake } from "../_system/names.ts";
import { adminPortOf } from "../_system/ports.ts";
import type { System } from "../_system/system.ts";
import type { RenderedFile } from "./file.ts";

const postgresPort = 54_329;

/** `infra/`: what the local supervisor and the operators' tools need to know, free of behaviour. */
export function infrastructureFiles(system: System): readonly RenderedFile[] {
  const local = {
    name: system.name,
    postgresPort,
    services: system.services.map((service) => ({
      name: service.name,
      folder: `services/${service.name}`,
      port: service.port,
      adminPort: adminPortOf(service.port),
      database: databaseName(service.name),
      role: databaseName(service.name),
    })),
    topics: system.topics.map(({ name, partitions, retention }) => ({ name, partitions, retention })),
    readModels: [],
    ...(system.sagas.length > 0 && { sagas: system.sagas.map(({ name, service }) => ({ name, service })) }),
  };
  return [{ kind: "derived", path: "infra/local.json", content: `${JSON.stringify(local, null, 2)}\n` }];
}

/** A service's database, and the role that owns it. No name ends in `_`, so none is taken twice. */
export function databaseName(service: string): string {
  const name = snake(service);
  return reserved.test(name) ? `${name}_` : name;
}

/** What PostgreSQL keeps for itself, or the embedded broker. */
const reserved = /^(postgres|template[01]|public|none|pg_.*|eda_broker)$/;
