import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { parseManifest } from "../../../generators/_system/document.ts";
import { outlineOf } from "../../../generators/saga/outline.ts";
import { printSaga } from "../../../generators/saga/print-saga.ts";
import { resolveSaga } from "../../../generators/saga/resolve.ts";
import { jsonText, stepAnswers, stepsIn } from "../../../generators/saga/step-answers.ts";

const read = (path: string) => fs.readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const [definition = "", answers = ""] = [...read("docs/guides/sagas.md").matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(
  ([, text]) => text!,
);

describe("The guide to sagas", () => {
  it("shows the definition that the small checkout gets", () => {
    const { system } = parseManifest(read("templates/examples/checkout/part.yaml"));
    assert.equal(
      definition,
      printSaga(resolveSaga(outlineOf({ name: "payment", style: "orchestration" }, system), system)),
    );
  });

  it("shows answers that can be read", () => {
    assert.equal(stepsIn(stepAnswers(jsonText(parse(answers).steps))).length, 4);
  });
});
