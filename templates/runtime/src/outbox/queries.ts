import { readFileSync } from "node:fs";

/**
 * The statement of a file in `queries/`. They are files so that a person can read and run what the relay runs; this is
 * the one place that they come from, so the two cannot differ.
 */
export function outboxQuery(name: string): string {
  return readFileSync(new URL(`./queries/${name}.sql`, import.meta.url), "utf8");
}
