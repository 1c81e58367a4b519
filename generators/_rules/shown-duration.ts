const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/**
 * Milliseconds for people: `6m 12s 500ms`.
 * @param single As one writes it in a definition, rounded up to a whole number of one unit: `7m`.
 */
export function shownDuration(ms: number, single = false): string {
  if (single) {
    const [unit, size] = units.find(([, size]) => ms >= size) ?? ["ms", 1];
    return `${Math.ceil(ms / size)}${unit}`;
  }
  const parts: string[] = [];
  let rest = Math.round(ms);
  for (const [unit, size] of units) {
    if (rest < size) continue;
    parts.push(`${Math.floor(rest / size)}${unit}`);
    rest %= size;
  }
  return parts.join(" ") || "0ms";
}
