import assert from "node:assert/strict";

/**
 * Nothing lost, nothing out of order: each key's values (`key/number`), by their first delivery, are numbered from 0 to
 * `perKey` - 1 without a gap.
 */
export function assertOrder(delivered: readonly string[], perKey: number): void {
  const next = new Map<string, number>();
  for (const value of new Set(delivered)) {
    const [key, number] = value.split("/") as [string, string];
    assert.equal(Number(number), next.get(key) ?? 0, `out of order: ${value}`);
    next.set(key, Number(number) + 1);
  }
  for (const [key, count] of next) assert.equal(count, perKey, `${key} lost records`);
}
