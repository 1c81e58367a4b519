import type { Rule } from "./rule.ts";

const manifest = `eda: 1
name: shop
contexts:
  ordering: { purpose: Takes orders }
services:
  orders: { context: ordering, aggregate: Order, port: 4001 }
`;

export const derivedFileEdited: Rule = {
  id: "EDA-M13",
  severity: "warning",
  runs: "validate",
  title: "a derived file was changed by hand",
  explanation:
    "Types, contracts, topics and wiring are rendered from the manifest. A change made in such a file is not in the " +
    "manifest, so nothing else follows it: the contract says one thing and the code another, and the next run stops at " +
    "the file instead of renewing it. The emitted runtime is yours to change and never reported.",
  examples: [
    {
      fails: { manifest, edited: ["infra/local.json"] },
      repair: { manifest },
    },
  ],
  *check({ repository }) {
    for (const path of repository?.editedDerivedFiles() ?? []) {
      yield {
        at: { file: path, line: 1, column: 1 },
        message: `${path} was changed by hand, and is rendered from eda.yaml`,
        hint: "Make the change in eda.yaml, then run eda sync --force, which puts the file back",
      };
    }
  },
};
