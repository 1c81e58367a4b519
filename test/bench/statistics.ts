/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies, with linear interpolation between neighbours. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error("there is no quantile of nothing");
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

/** The median of the ratios pair by pair, so that a machine whose speed drifts does not decide. */
export function pairedRatio(ours: readonly number[], peers: readonly number[]): number {
  return median(ours.map((value, at) => value / peers[at]!));
}
