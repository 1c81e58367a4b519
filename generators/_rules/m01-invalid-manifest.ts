import type { Rule } from "./rule.ts";

export const invalidManifest: Rule = {
  id: "EDA-M01",
  severity: "error",
  runs: "validate",
  title: "not valid against the schema",
  explanation:
    "A key that nobody knows is a setting that nobody reads: with `retenion: forever` the topic keeps its events for a " +
    "week, and the read model that was to be rebuilt from it a year later cannot be. So an unknown key, a missing one " +
    "and a value of the wrong form are refused, with the key that was probably meant. While a manifest is not valid no " +
    "other rule speaks: what they judge is not known. Keys that begin with x- at the top are yours.",
  examples: [
    {
      fails: { manifest: shop("retenion: forever") },
      repair: { manifest: shop("retention: forever") },
    },
    {
      fails: { manifest: shop("retention: a week") },
      repair: { manifest: shop("retention: 7d") },
    },
  ],
  check: ({ manifest }) => manifest.schemaProblems,
};

function shop(setting: string): string {
  return `eda: 1
name: shop
stream:
  platform: kafka
  ${setting}
contexts:
  ordering: { purpose: Takes orders }
services:
  orders: { context: ordering, aggregate: Order, port: 4001 }
`;
}
