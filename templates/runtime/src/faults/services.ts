import path from "node:path";
import { pathToFileURL } from "node:url";
import { readLocalSystem } from "../embedded/local-system.ts";
import type { ServiceDefinition } from "../service/definition.ts";

/** A service of this repository, as its generated files tell of it. */
export interface FaultedService {
  readonly definition: ServiceDefinition;
  /** Valid data of each command. */
  readonly samples: Readonly<Record<string, object>>;
}

export async function readServices(root: string): Promise<readonly FaultedService[]> {
  const { services } = readLocalSystem(root);
  return Promise.all(
    services.map(async ({ folder }) => {
      const generated = (file: string) => pathToFileURL(path.join(root, folder, "src/generated", file)).href;
      const { definition } = (await import(generated("definition.ts"))) as { definition: ServiceDefinition };
      const { samples } = (await import(generated("samples.ts"))) as { samples: FaultedService["samples"] };
      return { definition, samples };
    }),
  );
}
