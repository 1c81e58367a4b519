import { readFileSync } from "node:fs";
import path from "node:path";

/** `infra/local.json`, derived from `eda.yaml`: what has to run on this machine. */
export interface LocalSystem {
  readonly name: string;
  readonly postgresPort: number;
  readonly services: readonly LocalService[];
}

export interface LocalService {
  readonly name: string;
  /** Below the repository's root; its program is `src/main.ts`. */
  readonly folder: string;
  readonly port: number;
  readonly adminPort: number;
  readonly database: string;
  readonly role: string;
}

/** The name of the broker's database and of the role that owns it: none that a service is likely to want. */
export const BROKER = "eda_broker";

/** @throws with a plain line when the file is missing or is not what `eda sync` writes */
export function readLocalSystem(root: string): LocalSystem {
  const file = path.join(root, "infra", "local.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new Error(`${file} is missing: run \`npx eda sync\``);
  }
  const system = parse(text);
  if (!isLocalSystem(system)) throw new Error(`${file} does not describe a system: run \`npx eda sync\``);
  const reserved = system.services.find(({ role, database }) => RESERVED.test(role) || RESERVED.test(database));
  if (reserved) {
    throw new Error(
      `service ${reserved.name} cannot have a database of its own name here: PostgreSQL keeps it for itself`,
    );
  }
  return system;
}

const RESERVED = /^(postgres|template[01]|public|none|pg_.*|eda_broker)$/;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isLocalSystem(value: unknown): value is LocalSystem {
  const system = value as Partial<LocalSystem> | null | undefined;
  return (
    typeof system?.name === "string" &&
    typeof system.postgresPort === "number" &&
    Array.isArray(system.services) &&
    system.services.every(
      (service: Partial<LocalService> | null) =>
        [service?.name, service?.folder, service?.database, service?.role].every((text) => typeof text === "string") &&
        [service?.port, service?.adminPort].every(Number.isInteger),
    )
  );
}
