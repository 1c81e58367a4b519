/**
 * The part of Mermaid's sequence diagrams that a trace uses, strictly: one statement a line, participants declared
 * before they are used, and in a text neither of the letters that end a statement, but as entities.
 *
 * @returns what is wrong, the first line of it; `undefined` when it parses
 */
export function grammarFault(diagram: string): string | undefined {
  const [first, ...lines] = diagram.split("\n");
  if (first !== "sequenceDiagram") return `it begins with ${first}`;
  const declared = new Set<string>();
  for (const line of lines) {
    const fault = lineFault(line, declared);
    if (fault !== undefined) return `${fault}: ${line}`;
  }
  return undefined;
}

/** Letters, digits, harmless punctuation and entities; nothing that Mermaid's lexer gives a meaning within a line. */
const TEXT = /^(?:[\p{L}\p{N} ._,()/-]|#\d{1,7};)+$/u;

function lineFault(line: string, declared: Set<string>): string | undefined {
  if (line === "  autonumber") return undefined;
  const participant = /^ {2}(?:participant|actor) (p\d+) as (.+)$/u.exec(line);
  if (participant !== null) {
    const [, id = "", name = ""] = participant;
    if (declared.has(id)) return `${id} is declared twice`;
    declared.add(id);
    return TEXT.test(name) ? undefined : "a name with syntax in it";
  }
  const arrow = /^ {2}(p\d+)(?:->>|-x)(p\d+): (.+)$/u.exec(line);
  const note = /^ {2}Note over (p\d+): (.+)$/u.exec(line);
  const [ids, text] = arrow ? [[arrow[1]!, arrow[2]!], arrow[3]!] : note ? [[note[1]!], note[2]!] : [[], ""];
  if (ids.length === 0) return "no statement";
  if (!ids.every((id) => declared.has(id))) return "a participant that is not declared";
  return TEXT.test(text) && text.trim() !== "" ? undefined : "a text with syntax in it";
}

/** As Mermaid shows it. */
export function shown(text: string): string {
  return text.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
