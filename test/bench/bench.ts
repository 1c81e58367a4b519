import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkout } from "./checkout.ts";
import { largeSystem } from "./large-system.ts";
import { machine } from "./machine.ts";
import { messagePath } from "./message-path.ts";
import { newRepository } from "./new-repository.ts";
import { say } from "./progress.ts";
import { markdown, type Section } from "./report.ts";
import { sagas } from "./sagas.ts";
import { validateSagas } from "./validate-sagas.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    out: { type: "string" },
  },
});
const { quick } = values;

const measurements: Readonly<Record<string, () => Promise<Section>>> = {
  new: () => newRepository(quick ? 1 : 9, !quick),
  large: () => largeSystem(quick ? 1 : 7, quick ? [2, 5] : [50, 500]),
  validate: () => validateSagas(quick ? 1 : 7, quick ? [1, 2] : [10, 1_000]),
  messages: () =>
    messagePath(
      quick
        ? { rounds: 1, seconds: 1, smaller: 20, install: false }
        : { rounds: 3, seconds: 5, smaller: 1, install: true },
    ),
  sagas: () =>
    sagas(
      quick
        ? { rounds: 1, count: 50, seconds: 1, install: false }
        : { rounds: 3, count: 3_000, seconds: 10, install: true },
    ),
};

const chosen = values.only ?? Object.keys(measurements);
const unknown = chosen.filter((name) => !Object.hasOwn(measurements, name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no measurement ${unknown.join(", ")}; there are ${Object.keys(measurements).join(", ")}\n`,
  );
  process.exit(2);
}

const about = machine();
const sections: Section[] = [];
for (const name of chosen) {
  say(`measuring: ${name}`);
  sections.push(await measurements[name]!());
}
const text = markdown(sections, about, `npm run bench${quick ? " -- --quick" : ""}`);
process.stdout.write(text);
// A part, or a quick look, is no record of how the whole performs.
const out = values.out ?? (quick || values.only ? undefined : checkout("docs/performance.md"));
if (out !== undefined) writeFileSync(out, text);
say(out === undefined ? "done; nothing was written (--out FILE writes it)" : `done; written to ${out}`);
