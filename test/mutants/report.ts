import { posix } from "node:path";
import { parts } from "./parts.ts";
import type { Outcome } from "./run-mutants.ts";

/** `docs/mutants.md`. */
export function report(outcomes: readonly Outcome[]): string {
  const caught = (of: readonly Outcome[]) => of.filter(({ verdict }) => verdict.is === "red").length;
  const sections = parts.map(({ name, sources }) => {
    const of = outcomes.filter(({ part }) => part === name);
    const rows = of.map(({ mutant, verdict }) => {
      const file = posix.join(sources, mutant.file).replace("templates/runtime/src/", "");
      const found = verdict.is === "red" ? verdict.by : verdict.is === "green" ? "**not caught**" : "**did not run**";
      return `| ${cell(mutant.fault)} | \`${file}\` | ${cell(found)} |`;
    });
    const head = "| fault | its safety line is in | first test that goes red |\n|---|---|---|";
    return `## ${name}: ${caught(of)} of ${of.length}\n${head}\n${rows.join("\n")}\n`;
  });
  return `# Seeded faults
What keeps messages and sagas right is a number of single lines. Each is taken out by itself, in a copy of the project, and a
test must go red; \`npm run test:mutants\` does it for all of them and writes this file. Files are below \`templates/runtime/src\`;
lines and what replaces them are data in \`test/mutants\`.

**${caught(outcomes)} of ${outcomes.length} are caught.**

${sections.join("\n")}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
