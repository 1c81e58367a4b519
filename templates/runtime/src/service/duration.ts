const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a duration as the manifest writes it: `500ms`, `30s`, `15m`, `2h`, `7d`, `forever` (infinite).
 * @throws Error when it is none
 */
export function durationMs(text: string): number {
  if (text === "forever") return Number.POSITIVE_INFINITY;
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (match === null) throw new Error(`"${text}" is no duration: write a number with a unit, such as 30s or 7d`);
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
}
