import { adminPortOffset } from "../_rules/claims.ts";
import { snake } from "../_system/names.ts";
import type { Service, System } from "../_system/system.ts";
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
      adminPort: adminPort(service),
      database: snake(service.name),
      role: snake(service.name),
    })),
    topics: system.topics.map(({ name, partitions, retention }) => ({ name, partitions, retention })),
    readModels: [],
  };
  return [{ kind: "derived", path: "infra/local.json", content: `${JSON.stringify(local, null, 2)}\n` }];
}

export function adminPort(service: Service): number {
  return service.port + adminPortOffset;
}
