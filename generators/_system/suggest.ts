/** Words longer than this are no slip of the finger, and comparing them costs time. */
const longestWord = 80;

/**
 * The candidate that was probably meant by a mistyped word: the nearest by insertions, deletions, replacements and
 * swaps of neighbours (optimal string alignment), within a third of the word's length and three at most. Letter case
 * counts for nothing. Undefined when nothing is near; on a tie the first candidate.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longestWord) return undefined;
  const typed = word.toLowerCase();
  let best: string | undefined;
  let limit = Math.min(3, Math.max(1, Math.floor(typed.length / 3)));
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - typed.length) > limit) continue;
    const distance = distanceWithin(typed, candidate.toLowerCase(), limit);
    if (distance > limit || (distance === limit && best !== undefined)) continue;
    if (distance >= candidate.length) continue;
    best = candidate;
    limit = distance;
  }
  return best;
}

/** `Did you mean port?`, or the sentence given where nothing is near. */
export function didYouMean(word: string, candidates: Iterable<string>, otherwise = ""): string {
  const near = nearest(word, candidates);
  return near === undefined ? otherwise : `Did you mean ${near}?`;
}

/** Distance of two words, or any number above the limit once it is passed. */
function distanceWithin(a: string, b: string, limit: number): number {
  let twoAbove: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let lowest = row;
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(above[column]! + 1, current[column - 1]! + 1, above[column - 1]! + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, twoAbove[column - 2]! + 1);
      current.push(cost);
      lowest = Math.min(lowest, cost);
    }
    if (lowest > limit) return lowest;
    twoAbove = above;
    above = current;
  }
  return above[b.length]!;
}
