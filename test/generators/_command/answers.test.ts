import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { readAnswersFile } from "../../../generators/_command/answers.ts";
import type { EdaError } from "../../../generators/_system/errors.ts";
import { command } from "../../../generators/saga/command.ts";

describe("An answers file", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "eda answers "));
    writeFileSync(path.join(folder, "twice"), "trigger: a.B\ntrigger: a.C\n");
    writeFileSync(path.join(folder, "tabs"), "\t- x\n");
    writeFileSync(path.join(folder, "deep"), `steps: ${"[".repeat(10_000)}`);
    writeFileSync(path.join(folder, "large"), `steps: ${"x".repeat(1024 * 1024)}`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, why] of [
    ["none", "there is no such file"],
    [".", "it is a folder"],
  ] as const)
    it(`says in plain words why it cannot be read: ${why}`, () => {
      const file = path.join(folder, name);
      const message = `The answers file ${file} cannot be read: ${why}`;
      assert.throws(() => readAnswersFile(file, command as never), { name: "EdaError", message });
    });

  for (const [name, why, line, column] of [
    ["twice", "is not readable YAML: The key trigger is there twice", 2, 1],
    ["tabs", "is not readable YAML: Tabs are not allowed as indentation", 1, 1],
    ["deep", "is not readable YAML: It nests deeper than 100 levels", 1, undefined],
    ["large", "is larger than 1 MiB", 1, 1],
  ] as const)
    it(`says where it ${why}`, () => {
      const file = path.join(folder, name);
      assert.throws(
        () => readAnswersFile(file, command as never),
        ({ name, message, place }: EdaError) => {
          assert.deepEqual([name, message], ["EdaError", `${file} ${why}`]);
          assert.deepEqual({ ...place, ...(column === undefined && { column }) }, { file, line, column });
          return true;
        },
      );
    });
});
