import { deepEqual } from "node:assert/strict";
import { namedFileMissing } from "../../../generators/_rules/m09-named-file-missing.ts";
import { said } from "./checking.ts";

const manifest = `eda: 1
name: shop
services:
  orders: {}
sagas:
  payment: { definition: sagas/payment.saga.yaml, service: orders }
phases:
  stream: { status: decided, decision: docs/decisions/0002-stream.md }
`;

describe("EDA-M09, files and the manifest", () => {
  it("finds files that are named and not there, where they are named", () => {
    deepEqual(said(namedFileMissing, { manifest, files: {} }), [
      "6:26 The definition of saga payment is missing: sagas/payment.saga.yaml",
      "8:40 The decision record of phase stream is missing: docs/decisions/0002-stream.md",
    ]);
  });

  it("finds a definition that nobody names, at the file", () => {
    const files = {
      "sagas/payment.saga.yaml": "",
      "sagas/refund.saga.yaml": "",
      "sagas/README.md": "",
      "docs/decisions/0002-stream.md": "",
    };
    deepEqual(said(namedFileMissing, { manifest, files }), [
      "sagas/refund.saga.yaml:1:1 The manifest does not name sagas/refund.saga.yaml, so nothing runs it",
    ]);
  });

  it("is silent about a manifest alone", () => deepEqual(said(namedFileMissing, manifest), []));
});
