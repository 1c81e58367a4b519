import { createHash } from "node:crypto";

/** So many statements are kept prepared on a connection. Each costs memory on the server. */
const LIMIT = 500;

/**
 * Names a statement after its text, so that each connection parses and plans it once: about twice the statements a
 * second. Texts are constant and few here; past `LIMIT` of them something builds texts, and those stay unnamed.
 */
export function createStatementNames(limit: number = LIMIT): (text: string) => string | undefined {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size >= limit) return undefined;
    const name = `eda_${createHash("sha256").update(text).digest("hex").slice(0, 32)}`;
    names.set(text, name);
    return name;
  };
}
