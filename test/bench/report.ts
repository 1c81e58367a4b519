/** What a measurement found. */
export interface Section {
  readonly title: string;
  /** What was measured, and how; paragraphs. */
  readonly text: readonly string[];
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What a reader must know to judge the rows: left out peers, aims that were missed. */
  readonly notes: readonly string[];
}

/** `docs/performance.md`. */
export function markdown(
  sections: readonly Section[],
  machine: readonly (readonly [string, string])[],
  command: string,
): string {
  return [
    `<!-- Written by \`${command}\`: edit the measurements in test/bench/, not this file. -->`,
    "",
    "# Performance",
    "",
    "What was measured in one run on one machine, with its peers beside it. Compare the ratios; times differ from",
    "machine to machine, and with what else it does: processor time less than the time on the clock. A ratio",
    "is ours over the peer's, pair by pair, as a median: below 1 we take less.",
    "",
    ...table(["measured with", `\`${command}\``], machine),
    ...sections.flatMap(({ title, text, head, rows, notes }) => [
      "",
      `## ${title}`,
      "",
      ...text.flatMap((paragraph) => [paragraph, ""]),
      ...table(head, rows),
      ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `- ${note}`)]),
    ]),
    "",
  ].join("\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? "---" : "---:"))), ...rows.map(line)];
}

/** What was aimed at and what came out of it, as a note. */
export function aim(what: string, found: number, most: number, shown: (value: number) => string): string {
  return `Aim: ${what} at most ${shown(most)}. ${found <= most ? "Met" : "Missed"}: ${shown(found)}.`;
}

/** `0.48 s`, `12 ms`. */
export function duration(ms: number): string {
  return ms >= 100 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}
