import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { report } from "./report.ts";
import { runMutants } from "./run-mutants.ts";

/** `npm run test:mutants`, or with a word for those whose part or fault contains it. Exit code 1 when one is not caught. */
const only = process.argv[2] ?? "";
const outcomes = await runMutants((line) => console.log(line), { only });
const missed = outcomes.filter(({ verdict }) => verdict.is !== "red");
if (only === "") writeFileSync(join(import.meta.dirname, "..", "..", "docs", "mutants.md"), report(outcomes));
for (const { part, mutant, verdict } of missed) {
  console.log(
    `\nnot caught (${part}): ${mutant.fault}\n${verdict.is === "broken" ? verdict.output.slice(-1_500) : ""}`,
  );
}
console.log(`\n${outcomes.length - missed.length} of ${outcomes.length} caught`);
process.exitCode = missed.length > 0 ? 1 : 0;
