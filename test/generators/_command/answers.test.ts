import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { readAnswersFile } from "../../../generators/_command/answers.ts";
import { command } from "../../../generators/saga/command.ts";

describe("An answers file", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "eda answers "));
    writeFileSync(path.join(folder, "twice"), "trigger: a.B\ntrigger: a.C\n");
    writeFileSync(path.join(folder, "tabs"), "\t- x\n");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [name, why] of [
    ["none", "there is no such file"],
    [".", "it is a folder"],
    ["twice", "Map keys must be unique at line 2, column 1"],
    ["tabs", "Tabs are not allowed as indentation at line 1, column 1"],
  ] as const)
    it(`says in plain words why it cannot be read: ${why}`, () => {
      const file = path.join(folder, name);
      const message = `The answers file ${file} cannot be read: ${why}`;
      assert.throws(() => readAnswersFile(file, command as never), { message });
    });
});
