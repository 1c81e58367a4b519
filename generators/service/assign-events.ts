import { kebab } from "../_system/names.ts";

/**
 * Gives each event to the command whose words it shares most, ties to the first: RoomBooked goes to BookRoom.
 * Endings of inflection do not count, nor what makes a noun of a verb. Without any command there is nothing to give events to.
 */
export function assignEvents(
  commands: readonly string[],
  events: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const assigned = new Map<string, string[]>();
  if (commands.length === 0) return assigned;
  const stems = commands.map((command) => ({ command, words: stemsOf(command) }));
  for (const event of events) {
    const words = stemsOf(event);
    const shared = ({ words: own }: { words: ReadonlySet<string> }) =>
      [...words].filter((word) => [...own].some((other) => isAlike(word, other))).length;
    const best = stems.reduce((first, next) => (shared(next) > shared(first) ? next : first));
    assigned.set(best.command, [...(assigned.get(best.command) ?? []), event]);
  }
  return assigned;
}

/** Withdraw and withdrawal, reserve and reservation: one begins with the other. */
function isAlike(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short === long || (short.length >= 4 && long.startsWith(short));
}

function stemsOf(name: string): ReadonlySet<string> {
  return new Set(kebab(name).split("-").map(stem));
}

/** Book, booked, booking and books are one; so are cancel and cancelled, place and placed, carry and carried. */
function stem(word: string): string {
  const bare = word
    .replace(/(ies|ied)$/, "y")
    .replace(/(ing|ed|es|s)$/, "")
    .replace(/e$/, "");
  const cut = bare.length < 3 ? word : bare;
  return cut.replace(/([^aeiou])\1$/, "$1");
}
