import { say } from "./progress.ts";

/** What takes part in a comparison. */
export interface Contender<T> {
  readonly name: string;
  /** Makes ready for one run; its time does not count. */
  prepare?(): void | Promise<void>;
  run(): Promise<T>;
}

/**
 * Runs the contenders in turn, A B A B …, after a round that does not count (left out where there is only one): so each pair of runs has met the same
 * machine, whatever else that was doing. Gives each one's results by name, in the order of the rounds.
 */
export async function inTurn<T>(
  rounds: number,
  contenders: readonly Contender<T>[],
): Promise<ReadonlyMap<string, readonly T[]>> {
  const results = new Map<string, T[]>(contenders.map(({ name }) => [name, []]));
  for (let round = rounds === 1 ? 1 : 0; round <= rounds; round++) {
    say(round === 0 ? "  warm-up" : `  round ${round} of ${rounds}`);
    for (const contender of contenders) {
      await contender.prepare?.();
      const result = await contender.run();
      if (round > 0) results.get(contender.name)!.push(result);
    }
  }
  return results;
}
