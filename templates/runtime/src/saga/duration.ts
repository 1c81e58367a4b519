const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a duration as a saga file writes it: `500ms`, `30s`, `15m`, `2h`, `7d`. Undefined for any other text.
 * `0s` is 0, which no key of a saga allows (S11).
 */
export function parseDurationMs(text: string): number | undefined {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  if (match === null) return undefined;
  const ms = Number(match[1]) * units[match[2] as keyof typeof units];
  return Number.isSafeInteger(ms) ? ms : undefined;
}
