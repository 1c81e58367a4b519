import { deepEqual, equal, ok } from "node:assert/strict";
import { checkRules, ruleById, rules } from "../../../generators/_rules/registry.ts";
import { contextOf } from "./checking.ts";
import { shopWith } from "./shop.ts";

describe("the registry of rules", () => {
  it("is ordered by id, and each id is there once", () => {
    const ids = rules.map((rule) => rule.id);
    deepEqual(ids, [...new Set(ids)].sort());
  });

  it("finds a rule by its id in any letter case, with or without its prefix", () => {
    for (const id of ["EDA-M04", "eda-m04", "m04"])
      equal("id" in ruleById(id) && (ruleById(id) as { id: string }).id, "EDA-M04");
  });

  it("suggests the nearest id for one that is not there", () => {
    const unknown = ruleById("EDA-MO4");
    ok("unknown" in unknown);
    equal(unknown.hint.slice(0, 22), "Did you mean EDA-M04? ");
  });

  it("gives findings in reading order, whichever rule found them", () => {
    const manifest = shopWith("  orders: { relay: polling, retention: 7d }\n", "").replace("port: 4101", "port: 4001");
    const findings = checkRules(
      contextOf({ manifest: manifest.replace(", orders.OrderCancelled]", "]"), files: {}, edited: ["a.ts"] }),
      "validate",
    );
    deepEqual(
      findings.map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`),
      ["a.ts:1:1 EDA-M13", "eda.yaml:13:3 EDA-M06", "eda.yaml:25:7 EDA-M04", "eda.yaml:47:11 EDA-M03"],
    );
  });
});
