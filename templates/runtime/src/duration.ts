const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a duration as a saga file writes it: `500ms`, `30s`, `15m`, `2h`, `7d`. Undefined for any other text,
 * and for more than can be counted exactly. `0s` is 0, which no key of a saga allows (S11).
 */
export function parseDurationMs(text: string): number | undefined {
  const ms = written(text);
  return Number.isSafeInteger(ms) ? ms : undefined;
}

/**
 * Milliseconds of a duration as the manifest writes it: the same, however long, and `forever` (infinite).
 * @throws Error when it is none
 */
export function durationMs(text: string): number {
  const ms = text === "forever" ? Number.POSITIVE_INFINITY : written(text);
  if (ms === undefined) throw new Error(`"${text}" is no duration: write a number with a unit, such as 30s or 7d`);
  return ms;
}

function written(text: string): number | undefined {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(amount) * UNITS[unit as keyof typeof UNITS];
}
