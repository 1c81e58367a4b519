import { deepEqual } from "node:assert/strict";
import { derivedFileEdited } from "../../../generators/_rules/m13-derived-file-edited.ts";
import { said } from "./checking.ts";
import { shop } from "./shop.ts";

describe("EDA-M13, derived files that were changed by hand", () => {
  it("names each at its own first line", () => {
    deepEqual(
      said(derivedFileEdited, { manifest: shop, edited: ["infra/local.json", "contracts/orders/PlaceOrder.json"] }),
      [
        "contracts/orders/PlaceOrder.json:1:1 contracts/orders/PlaceOrder.json was changed by hand, and is rendered from eda.yaml",
        "infra/local.json:1:1 infra/local.json was changed by hand, and is rendered from eda.yaml",
      ],
    );
    deepEqual(said(derivedFileEdited, { manifest: shop, files: {} }), []);
  });
});
