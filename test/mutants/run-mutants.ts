import { startTemporaryPostgres } from "../../templates/runtime/src/embedded/temporary.ts";
import type { Mutant } from "./mutant.ts";
import { faultOfMutation, mutated } from "./mutate.ts";
import { type Part, parts } from "./parts.ts";
import { openWorkshop, type Verdict, type Workshop } from "./workshop.ts";

export interface Outcome {
  readonly part: string;
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/**
 * Takes out each safety line by itself, in a copy of the project, and runs the test that must go red. Each of those
 * tests is run once with nothing taken out, too: one that is red anyway shows nothing.
 *
 * @param only those whose part and fault, as they are printed, contain it
 * @throws when a test is red by itself, or a line is not there any more
 */
export async function runMutants(
  progress: (line: string) => void,
  { width = 2, only = "" }: { readonly width?: number; readonly only?: string } = {},
): Promise<readonly Outcome[]> {
  // A server each: some tests look at what goes on in all of a server.
  const servers = await Promise.all(Array.from({ length: width }, () => startTemporaryPostgres()));
  const workshops = servers.map(({ url }) => openWorkshop(url));
  try {
    const wanted = parts.flatMap((part) =>
      part.mutants.map((mutant) => ({ part, mutant, test: testOf(part, mutant) })),
    );
    const chosen = wanted.filter(({ part, mutant }) => `${part.name}: ${mutant.fault}`.includes(only));
    const tests = [...new Set(chosen.map(({ test }) => test))];
    const red = await sideBySide(workshops, tests, async (workshop, test) => {
      const verdict = await workshop.test(test);
      return verdict.is === "green" ? [] : [`${test} fails with nothing taken out: ${tell(verdict)}`];
    });
    if (red.flat().length > 0) throw new Error(red.flat().join("\n"));
    progress(`${tests.length} test files are green with nothing taken out`);
    let done = 0;
    return await sideBySide(workshops, chosen, async (workshop, { part, mutant, test }) => {
      const path = `${part.sources}/${mutant.file}`;
      const text = workshop.read(path);
      const fault = faultOfMutation(mutant, text);
      if (fault !== undefined) throw new Error(`${mutant.fault}: ${fault}`);
      workshop.write(path, mutated(mutant, text));
      const verdict = await workshop.test(test).finally(() => workshop.write(path, text));
      done += 1;
      progress(`${`${done}`.padStart(3)} of ${chosen.length}  ${verdict.is.padEnd(6)} ${part.name}: ${mutant.fault}`);
      return { part: part.name, mutant, verdict };
    });
  } finally {
    for (const workshop of workshops) workshop.close();
    await Promise.all(servers.map((server) => server.stop()));
  }
}

function testOf({ tests }: Part, { test }: Mutant): string {
  const path: string[] = [];
  for (const name of `${tests}/${test}`.split("/")) {
    if (name === "..") path.pop();
    else path.push(name);
  }
  return path.join("/");
}

function tell(verdict: Verdict): string {
  return verdict.is === "broken"
    ? verdict.output.slice(-2_000)
    : verdict.is === "red"
      ? `${verdict.by}: ${verdict.why}`
      : "";
}

/** Answers in the order of what was asked. The first failure ends all of them. */
async function sideBySide<Asked, Answer>(
  workshops: readonly Workshop[],
  all: readonly Asked[],
  work: (workshop: Workshop, asked: Asked) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  await Promise.all(
    workshops.map(async (workshop) => {
      while (next < all.length) {
        const at = next++;
        answers[at] = await work(workshop, all[at]!);
      }
    }),
  );
  return answers;
}
