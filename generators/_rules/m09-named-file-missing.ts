import type { Rule } from "./rule.ts";
import { sagaExample } from "./saga-example.ts";

export const namedFileMissing: Rule = {
  id: "EDA-M09",
  severity: "error",
  runs: "validate",
  title: "a file named by the manifest is missing, or `sagas/` holds one that it does not name",
  explanation:
    "The manifest is what runs. A saga whose file is missing does not start, and a file in `sagas/` that nobody names " +
    "is a flow that everybody believes in and nothing executes: the refund that was written, reviewed and never once " +
    "run. A decision record that is named and not there is a decision that nobody can look up. Checked only where " +
    "there is a repository around the manifest.",
  examples: [
    { fails: sagaExample("sagas/payment.saga.yaml", "sagas/payments.saga.yaml"), repair: sagaExample() },
    {
      fails: {
        manifest: shop(`phases:
  requirements: { status: decided, decision: docs/decisions/0001-requirements.md }
`),
        files: {},
      },
      repair: {
        manifest: shop(`phases:
  requirements: { status: decided, decision: docs/decisions/0001-requirements.md }
`),
        files: { "docs/decisions/0001-requirements.md": "# Requirements\n" },
      },
    },
  ],
  *check({ system, repository }) {
    if (!repository) return;
    const named = new Set<string>();
    for (const { name, definition } of system.sagas) {
      named.add(definition);
      if (repository.exists(definition)) continue;
      yield {
        at: ["sagas", name, "definition"],
        message: `The definition of saga ${name} is missing: ${definition}`,
        hint: `Write ${definition}, name the right file, or take ${name} out of sagas`,
      };
    }
    for (const { name, decision } of Object.values(system.phases)) {
      if (decision === undefined || repository.exists(decision)) continue;
      yield {
        at: ["phases", name, "decision"],
        message: `The decision record of phase ${name} is missing: ${decision}`,
        hint: `Run eda phase ${name} to write it, or name the right file`,
      };
    }
    for (const file of repository.list("sagas")) {
      const path = `sagas/${file}`;
      if (!/\.ya?ml$/.test(file) || named.has(path)) continue;
      const saga = file.replace(/(\.saga)?\.ya?ml$/, "");
      yield {
        at: { file: path, line: 1, column: 1 },
        message: `The manifest does not name ${path}, so nothing runs it`,
        hint: `Write ${saga}: { definition: ${path}, service: <its host> } under sagas in eda.yaml, or delete the file`,
      };
    }
  },
};

function shop(rest: string): string {
  return `eda: 1
name: shop
contexts:
  ordering: { purpose: Takes orders }
services:
  orders: { context: ordering, aggregate: Order, port: 4001 }
outboxes:
  orders: { relay: polling }
${rest}`;
}
