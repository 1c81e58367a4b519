import { kebab } from "../_system/names.ts";

/**
 * Gives each event to the command whose words it shares most, ties to the first: RoomBooked goes to BookRoom.
 * Endings of inflection do not count. Without any command there is nothing to give events to.
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
      [...words].filter((word) => own.has(word)).length;
    const best = stems.reduce((first, next) => (shared(next) > shared(first) ? next : first));
    assigned.set(best.command, [...(assigned.get(best.command) ?? []), event]);
  }
  return assigned;
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
