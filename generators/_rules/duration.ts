const secondsIn: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration as manifests write it: `500ms`, `30s`, `15m`, `2h`, `7d`. NaN for any other text. */
export function secondsOf(duration: string): number {
  const [, amount, unit = ""] = /^(\d+)(ms|s|m|h|d)$/.exec(duration) ?? [];
  return Number(amount) * (secondsIn[unit] ?? Number.NaN);
}
