import { readFileSync } from "node:fs";

/** The statement of a file in `queries/`: there a person reads and runs what the orchestrator runs. */
export function sagaQuery(name: string): string {
  return readFileSync(new URL(`./queries/${name}.sql`, import.meta.url), "utf8");
}
