import { deepEqual } from "node:assert/strict";
import { derivedFileEdited } from "../../../generators/_rules/m13-derived-file-edited.ts";
import { said } from "./checking.ts";
import { shop } from "./shop.ts";

describe("EDA-M13, derived files that were changed by hand", () => {
  it("names each at its own first line", () => {
    deepEqual(said(derivedFileEdited, { manifest: shop, edited: ["infra/topics.yaml", "contracts/asyncapi.yaml"] }), [
      "contracts/asyncapi.yaml:1:1 contracts/asyncapi.yaml was changed by hand, and is rendered from eda.yaml",
      "infra/topics.yaml:1:1 infra/topics.yaml was changed by hand, and is rendered from eda.yaml",
    ]);
    deepEqual(said(derivedFileEdited, { manifest: shop, files: {} }), []);
  });
});
