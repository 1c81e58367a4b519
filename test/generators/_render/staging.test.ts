import assert from "node:assert/strict";
import fs from "node:fs";
import { describe, it } from "mocha";
import { openStaging } from "../../../generators/_render/staging.ts";
import { inFolder } from "./temporary.ts";

describe("Staging", () => {
  it("makes a program executable from the start, so that npm has nothing to change in a checkout", function () {
    if (process.platform === "win32") this.skip();
    return inFolder((root) => {
      const staging = openStaging(root, () => {});
      staging.replace("bin/run.ts", "#!/usr/bin/env node\n");
      staging.replace("bin/plain.ts", "export {};\n");
      staging.close();
      const mode = (path: string) => fs.statSync(`${root}/${path}`).mode & 0o111;
      assert.equal(mode("bin/run.ts"), 0o111);
      assert.equal(mode("bin/plain.ts"), 0);
    });
  });
});
