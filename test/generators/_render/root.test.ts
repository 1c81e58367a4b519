import assert from "node:assert/strict";
import fs from "node:fs";
import { join } from "node:path";
import { findRoot } from "../../../generators/_render/root.ts";
import { inFolder, put } from "./temporary.ts";

describe("the root", () => {
  it("is the nearest folder upwards with an eda.yaml, whatever strangers' .yo-rc.json say", () =>
    inFolder((folder) => {
      put(folder, { "shop/eda.yaml": "", "shop/services/orders/.yo-rc.json": "{}", ".yo-rc.json": "{}" });
      assert.equal(findRoot(join(folder, "shop/services/orders")), join(folder, "shop"));
      assert.equal(findRoot(join(folder, "shop")), join(folder, "shop"));
      assert.equal(findRoot(folder), undefined);
    }));

  it("is not marked by a folder of that name, a link in a circle or a folder that is not there", () =>
    inFolder((folder) => {
      put(folder, { "eda.yaml": "", "a/eda.yaml/x": "", "a/b/c": "" });
      fs.symlinkSync("eda.yaml", join(folder, "a/b/eda.yaml"));
      assert.equal(findRoot(join(folder, "a/b/not/there")), folder);
    }));
});
