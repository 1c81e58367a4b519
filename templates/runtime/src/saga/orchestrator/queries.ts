import { readFileSync } from "node:fs";

/** The statement of a file in `queries/`: there a person reads and runs what the orchestrator runs. */
export function sagaQuery(name: string): string {
  return readFileSync(new URL(`./queries/${name}.sql`, import.meta.url), "utf8");
}

/**
 * Several of them as one statement, for one round trip: the values of each follow those of the one before. They run in no
 * particular order and see nothing of each other, so they must not touch the same rows; the last one's answer is given.
 */
export function sagaQueries(...named: readonly { readonly name: string; readonly values: number }[]): string {
  let before = 0;
  const texts = named.map(({ name, values }) => {
    const offset = before;
    before += values;
    return sagaQuery(name).replaceAll(/\$(\d+)/g, (_, number: string) => `$${Number(number) + offset}`);
  });
  const last = texts.pop();
  const others = texts.map((text, at) => `part_${at} AS (\n${text}\n)`);
  return `WITH ${others.join(", ")}\n${last}`;
}
