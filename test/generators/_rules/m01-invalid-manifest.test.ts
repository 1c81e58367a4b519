import { deepEqual, equal } from "node:assert/strict";
import { invalidManifest } from "../../../generators/_rules/m01-invalid-manifest.ts";
import { checkRules } from "../../../generators/_rules/registry.ts";
import { contextOf, hints, said } from "./checking.ts";
import { shopWith } from "./shop.ts";

describe("EDA-M01, not valid against the schema", () => {
  it("names a misspelt key and suggests the right one", () => {
    const manifest = shopWith("    key: paymentId", "    keey: paymentId");
    deepEqual(said(invalidManifest, manifest), ["31:5 keey is no key of services.payments"]);
    deepEqual(hints(invalidManifest, manifest), ["Did you mean key?"]);
  });

  it("names a value of the wrong form and what was expected", () => {
    deepEqual(said(invalidManifest, shopWith("port: 4001", "port: first")), [
      '16:11 services.orders.port is "first": expected a whole number from 1 to 55535',
    ]);
  });

  it("names a missing key at what lacks it", () => {
    deepEqual(said(invalidManifest, shopWith("    key: orderId\n", "")), ["44:3 readModels.order-summary has no key"]);
  });

  it("speaks alone: what other rules would judge is not known", () => {
    const manifest = shopWith("  orders: { relay: polling, retention: 7d }", "  ordres: { relay: poling }");
    const ids = checkRules(contextOf({ manifest }), "validate").map((finding) => finding.rule);
    deepEqual(ids, ["EDA-M01"]);
    equal(checkRules(contextOf({ manifest }), "phase")[0]?.rule, "EDA-M01");
  });
});
