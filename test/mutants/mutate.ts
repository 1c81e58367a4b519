import type { Mutant } from "./mutant.ts";

export function mutated({ line, replacement }: Mutant, text: string): string {
  // A function: a replacement's own `$` means nothing.
  return text.replace(line, () => replacement);
}

/** Why a seeded fault cannot be made any more. */
export function faultOfMutation(mutant: Mutant, text: string): string | undefined {
  const times = text.split(mutant.line).length - 1;
  if (times !== 1) return `its line is ${times} times in ${mutant.file}`;
  return mutated(mutant, text) === text ? "it changes nothing" : undefined;
}
